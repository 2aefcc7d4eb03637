import type { Logger } from '@tsmicro/dependency';
import {
  ApiError,
  Deadlines,
  type Exchange,
  type Method,
  notFound,
  runInContext,
  type Timed,
  timedOut,
} from '@tsmicro/network';
import { AnswerWriter, type Written } from './answer-writer.ts';
import type { Assets } from './assets.ts';
import { type Form, readForm } from './form.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { Html } from './html.ts';
import { OpenVisit } from './open-visit.ts';
import type { Answer, Page } from './page.ts';
import { requireSameOrigin } from './same-origin.ts';
import type { Sessions } from './session/sessions.ts';
import type { SiteRouter } from './site-router.ts';
import { type Push, Streams } from './stream.ts';
import type { Visit } from './visit.ts';

/** What a site is made of. */
export interface SiteOptions {
  /** The whole document around a page. */
  layout(page: Page, visit: Visit): Html;
  /** What is shown in the place of a page that could not be made. @default plain words, by status */
  failure?(error: ApiError, visit: Visit): Page;
  assets: Assets;
  /** Where people are led who have to sign in first, with `?back=` and where they were. */
  signInPath: string;
  sessions: Sessions;
  gateway: GatewayClient;
  logger?: Logger;
  /** Ends the streams when it aborts: at the end of the process. */
  signal?: AbortSignal | undefined;
}

/** Answers a visit with a page, or throws. */
export type VisitHandler = (visit: Visit) => Answer | Promise<Answer>;

/** Answers a form of which nobody can say who sent it, as while Redis is away: what was typed need not be lost by that. */
export type UnrecognisedHandler = (visit: Visit, error: ApiError) => Answer;

/** Sends a visitor what changes; what it returns is called when the visitor has left. */
export type ViewHandler = (visit: Visit, push: Push) => (() => void) | Promise<() => void>;

/** What came with a visit, and what becomes of it when nobody knows whose it is. */
interface Sent {
  readonly form?: Form;
  readonly unrecognised?: UnrecognisedHandler | undefined;
}

interface SiteRoute {
  readonly method: Method;
  readonly path: string;
  readonly serve: (exchange: Exchange) => void;
}

/**
 * Pages for people, on the router of a service: what handlers return becomes a document, what they throw a page in plain
 * words, or the envelope where the client wants no HTML. Forms are taken from this site's own pages only.
 */
export class Site {
  readonly #options: SiteOptions;
  readonly #writer: AnswerWriter;
  readonly #streams: Streams;
  readonly #running = new Deadlines<Timed>();
  readonly #routes: SiteRoute[] = [];

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#writer = new AnswerWriter(options);
    this.#streams = new Streams(options.signal);
  }

  /** A page; HEAD is answered too. */
  get(path: string, handler: VisitHandler): void {
    this.#add('GET', path, (exchange) => this.#serve(exchange, handler));
  }

  /**
   * What a form is sent to, url-encoded and of at most 1 MiB; it answers with {@link redirect} when it is done.
   * @param unrecognised for a form whose sender nobody can name now, and which is not taken @default a page that says so
   */
  post(path: string, handler: VisitHandler, unrecognised?: UnrecognisedHandler): void {
    this.#add('POST', path, (exchange) => this.#serve(exchange, handler, unrecognised));
  }

  /**
   * Server-sent events: of at most a hundred viewers, ended after a minute, upon which the browser asks again. The visit's
   * `api` can be asked before the first event only.
   */
  stream(path: string, handler: ViewHandler): void {
    this.#add('GET', path, (exchange) => this.#serveStream(exchange, handler));
  }

  /** Mounts everything, and a page for every path that is not there. */
  mount(router: SiteRouter): void {
    for (const { method, path, serve } of this.#routes) router.mount(method, path, serve);
    this.#options.assets.mount(router);
    router.mountFallback((exchange) =>
      this.#answer(exchange, () => {
        throw notFound('url not found');
      }),
    );
  }

  #add(method: Method, path: string, serve: SiteRoute['serve']): void {
    this.#routes.push({ method, path, serve });
  }

  #serve(exchange: Exchange, handler: VisitHandler, unrecognised?: UnrecognisedHandler): void {
    if (exchange.method !== 'POST') {
      this.#answer(exchange, handler);
      return;
    }
    this.#readForm(exchange).then(
      (form) => this.#answer(exchange, handler, { form, unrecognised }),
      (error: unknown) => this.#refuse(exchange, error),
    );
  }

  #answer(exchange: Exchange, handler: VisitHandler, { form, unrecognised }: Sent = {}): void {
    const visit = new OpenVisit(exchange, this.#options, form);
    this.#untilDeadline(exchange, async () => {
      try {
        const doubt = await visit.recognise();
        if (doubt !== undefined && form !== undefined) {
          if (unrecognised === undefined) throw doubt;
          return this.#writer.write(unrecognised(visit, doubt), visit);
        }
        if (doubt !== undefined) visit.goOnAsStranger();
        return this.#writer.write(await handler(visit), visit);
      } catch (error) {
        return this.#writer.fail(error, exchange, visit);
      }
    });
  }

  #serveStream(exchange: Exchange, handler: ViewHandler): void {
    this.#untilDeadline(exchange, async () => {
      const visit = new OpenVisit(exchange, this.#options);
      try {
        if ((await visit.recognise()) !== undefined) visit.goOnAsStranger();
        await this.#streams.serve(exchange, (push) => handler(visit, push));
        return undefined;
      } catch (error) {
        return this.#writer.fail(error, exchange, visit);
      }
    });
  }

  async #readForm({ context, request, headers }: Exchange): Promise<Form> {
    try {
      requireSameOrigin(headers);
    } catch (error) {
      request.resume();
      throw error;
    }
    context.beginBody();
    try {
      return await readForm(request);
    } finally {
      context.endBody();
    }
  }

  /** Sends what `work` comes to, which never throws; at the deadline the request is over without it. */
  #untilDeadline(exchange: Exchange, work: () => Promise<Written | ApiError | undefined>): void {
    const { context } = exchange;
    const run: Timed = {
      context,
      expire: () => {
        const error = timedOut();
        context.end(error);
        this.#refuse(exchange, error);
      },
    };
    this.#running.add(run);
    void runInContext(context, work).then((written) => {
      if (this.#running.delete(run)) send(exchange, written);
    });
  }

  /** Answers without a visit having begun, or although it is not over. */
  #refuse(exchange: Exchange, error: unknown): void {
    send(exchange, this.#writer.fail(error, exchange, new OpenVisit(exchange, this.#options)));
  }
}

function send(exchange: Exchange, written: Written | ApiError | undefined): void {
  if (written instanceof ApiError) exchange.sendFailure(written);
  else if (written !== undefined) exchange.send(written.status, written.headers, written.text, written.error);
}
