import type { Logger } from '@tsmicro/dependency';
import type { ApiError } from './errors.ts';
import { type RequestContext, runInContext } from './request-context.ts';

const windowMs = 1_000;
const perWindow = 20;

/**
 * Logs what was answered by 500 and above. A 500 is a fault of ours, and each is logged whole, as an error; a 503 or 504
 * tells of a neighbour or of too much load, and comes in thousands when it comes: of these twenty a second are logged, as
 * warnings, and the others counted in the next one.
 */
export class FaultLog {
  readonly #logger: Logger;
  #windowBeganAt = Number.NEGATIVE_INFINITY;
  #logged = 0;
  #suppressed = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Logs the cause of an answer; `fields` say what was asked, `context` under which request, where there is one. Below 500
   * nothing is logged.
   */
  note(error: ApiError, context: RequestContext | undefined, fields: object): void {
    if (error.status < 500) return;
    if (context === undefined) this.#note(error, fields);
    // In its context, by which a logger knows the trace.
    else runInContext(context, () => this.#note(error, { requestId: context.requestId, ...fields }));
  }

  #note(error: ApiError, fields: object): void {
    const said = { ...fields, err: error.cause ?? error };
    if (error.status === 500) this.#logger.error(said, error.message);
    else if (this.#allows()) this.#warn(said, error.message);
    else this.#suppressed++;
  }

  #allows(): boolean {
    const now = performance.now();
    if (now - this.#windowBeganAt >= windowMs) {
      this.#windowBeganAt = now;
      this.#logged = 0;
    }
    return this.#logged++ < perWindow;
  }

  #warn(said: object, message: string): void {
    const more = this.#suppressed === 0 ? {} : { notLogged: this.#suppressed };
    this.#suppressed = 0;
    this.#logger.warn({ ...said, ...more }, message);
  }
}
