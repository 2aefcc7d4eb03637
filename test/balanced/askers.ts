import type { AskOptions, System } from '../system.ts';

/** One request that was not answered by 200. */
export interface Failure {
  readonly what: string;
  /** When it was sent, by `performance.now`. */
  readonly at: number;
  readonly answer: string;
}

type Request = readonly [method: string, path: string, options: AskOptions];

/** Asks a system all the time, several at once: reads of both services, new drafts and changes to them. */
export class Askers {
  readonly #system: System;
  readonly #token: string;
  readonly #name: string;
  readonly #over = new AbortController();
  readonly #working: Promise<unknown>;
  readonly failures: Failure[] = [];
  readonly counts: Record<string, number> = {};
  #drafts = 0;
  #answered = 0;

  /** `name` is unlike any other's: slugs are made of it. */
  constructor(system: System, options: { token: string; name: string; askers: number }) {
    this.#system = system;
    this.#token = options.token;
    this.#name = options.name;
    this.#working = Promise.all(Array.from({ length: options.askers }, (_, asker) => this.#askOn(asker)));
  }

  /** Requests that got an answer, good or bad. */
  get answered(): number {
    return this.#answered;
  }

  /** Waits until so many more were answered. @throws Error when that takes over a minute */
  async untilAnswered(more: number): Promise<void> {
    const goal = this.#answered + more;
    const deadline = performance.now() + 60_000;
    while (this.#answered < goal) {
      if (performance.now() > deadline) throw new Error(`only ${this.#answered} of ${goal} were answered`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends once what is under way was answered. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#working;
  }

  async #askOn(asker: number): Promise<void> {
    const token = this.#token;
    const turns = [
      (): Request => ['GET', '/blog/list/latest', {}],
      (): Request => ['GET', '/auth/profile/mine', { token }],
      (): Request => ['POST', '/blog/author', { token, body: this.#draft() }],
      (): Request => ['GET', '/auth/verify/apikey', {}],
      (): Request => ['GET', '/blog/author/drafts', { token }],
    ];
    for (let turn = asker; !this.#over.signal.aborted; turn++)
      await this.#ask(turns[turn % turns.length]?.());
  }

  /** A slug is taken once: a POST that is done twice would fail. */
  #draft(): object {
    const slug = `${this.#name}-${this.#drafts++}`;
    return {
      title: slug,
      description: 'Written meanwhile',
      draftText: 'Text',
      slug,
      imgUrl: '/i.png',
      tags: ['LOAD'],
    };
  }

  async #ask([method, path, options]: Request = ['GET', '/blog/list/latest', {}]): Promise<void> {
    const at = performance.now();
    const what = `${method} ${path}`;
    const answer = await this.#system.ask(method, path, options).then(
      ({ status, text }) => (status === 200 ? undefined : `${status} ${text}`),
      (error: unknown) => String(error),
    );
    this.#answered++;
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    if (answer !== undefined) this.failures.push({ what, at, answer });
  }
}
