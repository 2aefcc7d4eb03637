import { type ApiError, type Exchange, FaultLog, toApiError, unauthorized } from '@tsmicro/network';
import { failurePage } from './failure-page.ts';
import { type Html, html } from './html.ts';
import type { OpenVisit } from './open-visit.ts';
import { ownPath } from './own-path.ts';
import { type Answer, Fragment, type Page, Redirect } from './page.ts';
import { pageHeaders } from './security.ts';
import { SignInNeededError } from './session/errors.ts';
import type { SiteOptions } from './site.ts';

const endedNotice = 'Your session has ended. Please sign in again.';

/** An answer, ready to be sent. */
export interface Written {
  readonly status: number;
  readonly headers: string[];
  readonly text: string;
  readonly error?: ApiError;
}

const acceptsHtml = ({ headers }: Exchange) => headers.accept?.includes('text/html') === true;

/** Where somebody was: the page itself, or the one with the form that was sent. */
function placeOf({ method, url, headers }: Exchange): string {
  if (method === 'GET' || method === 'HEAD') return ownPath(url);
  const from = URL.parse(headers.referer ?? '');
  return ownPath(from && from.pathname + from.search);
}

/** Writes what handlers return and throw, in the layout of a site. */
export class AnswerWriter {
  readonly #options: SiteOptions;
  readonly #faults: FaultLog | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#faults = options.logger && new FaultLog(options.logger);
  }

  /** What a handler has returned. */
  write(answer: Answer, visit: OpenVisit): Written {
    if (answer instanceof Redirect) return this.#redirect(answer, visit);
    if (answer instanceof Fragment) {
      return this.#html(html`${answer.content}`, answer.status, visit);
    }
    return this.#page(answer, visit);
  }

  /**
   * What was thrown: the way to the sign-in, a page, or, for a client that wants no HTML, the error, to be answered in the
   * envelope.
   */
  fail(thrown: unknown, exchange: Exchange, visit: OpenVisit): Written | ApiError {
    const needed = thrown instanceof SignInNeededError ? thrown : undefined;
    if (needed?.ended) visit.forget();
    const error = needed ? unauthorized(needed.message) : exchange.context.toApiError(thrown);
    if (!acceptsHtml(exchange)) return error;
    if (needed !== undefined) return this.#leadToSignIn(needed, exchange, visit);
    this.#faults?.note(error, exchange.context, { path: exchange.path });
    try {
      return { ...this.#page((this.#options.failure ?? failurePage)(error, visit), visit), error };
    } catch (fault) {
      return this.#bare(toApiError(fault), exchange, visit);
    }
  }

  #leadToSignIn({ ended }: SignInNeededError, exchange: Exchange, visit: OpenVisit): Written {
    const back = new URLSearchParams({ back: placeOf(exchange) });
    const to = `${this.#options.signInPath}?${back}`;
    return this.#redirect(new Redirect(to, ended ? endedNotice : undefined), visit);
  }

  #redirect({ to, notice }: Redirect, visit: OpenVisit): Written {
    if (notice !== undefined) visit.leaveNotice(notice);
    return { status: 303, headers: [...this.#headers(visit), 'location', to], text: '' };
  }

  #page(page: Page, visit: OpenVisit): Written {
    const document = this.#options.layout(page, visit);
    // It has been said now.
    if (visit.notice !== undefined) visit.leaveNotice(undefined);
    return this.#html(document, page.status ?? 200, visit);
  }

  /** For a layout that fails. */
  #bare(error: ApiError, exchange: Exchange, visit: OpenVisit): Written {
    this.#faults?.note(error, exchange.context, { path: exchange.path });
    const { title, main } = failurePage(error, visit);
    const document = html`<!doctype html><html lang="en"><title>${title}</title>${main}</html>`;
    return { ...this.#html(document, error.status, visit), error };
  }

  #html({ text }: Html, status: number, visit: OpenVisit): Written {
    return { status, headers: [...this.#headers(visit), 'content-type', 'text/html; charset=utf-8'], text };
  }

  #headers({ cookies }: OpenVisit): string[] {
    return [...pageHeaders(), ...cookies.flatMap((cookie) => ['set-cookie', cookie])];
  }
}
