import {
  type Answer,
  Fragment,
  type Html,
  html,
  Redirect,
  type Site,
  type UnrecognisedHandler,
  type VisitHandler,
} from '@tsmicro/web';

/** Where pages are mounted. */
export type PageMount = Pick<Site, 'get' | 'post'>;

/** A part of a site whose pages have styles of their own, which other pages do without. */
export class Section implements PageMount {
  readonly #site: PageMount;
  readonly #head: Html;

  /** @param styles the addresses of the styles that its pages have besides those of the site */
  constructor(site: PageMount, styles: readonly string[]) {
    this.#site = site;
    this.#head = html`${styles.map((address) => html`<link rel="stylesheet" href="${address}">`)}`;
  }

  get(path: string, handler: VisitHandler): void {
    this.#site.get(path, async (visit) => this.#complete(await handler(visit)));
  }

  post(path: string, handler: VisitHandler, unrecognised?: UnrecognisedHandler): void {
    this.#site.post(
      path,
      async (visit) => this.#complete(await handler(visit)),
      unrecognised && ((visit, error) => this.#complete(unrecognised(visit, error))),
    );
  }

  #complete(answer: Answer): Answer {
    if (answer instanceof Redirect || answer instanceof Fragment) return answer;
    return { ...answer, head: html`${this.#head}${answer.head}` };
  }
}
