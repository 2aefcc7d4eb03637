// Server-sent events (HTML Living Standard, section 9.2): one answer that goes on, a `data:` line for each line of what is
// sent. A browser that loses the answer asks again after the time that `retry:` said.
import type { ServerResponse } from 'node:http';
import { type Exchange, unavailable } from '@tsmicro/network';
import { Html } from './html.ts';
import { guardedHeaders } from './security.ts';

const maxViewers = 100;
/** What waits for a viewer who does not read; one more and there is no use in waiting. */
const maxWaitingBytes = 256 * 1024;
const heartbeatMs = 1_000;
/** After this long the browser asks anew, and whether it still may is decided anew. */
const longestMs = 60_000;
const retryMs = 250;

/** One viewer, to whom pieces of a page are sent as they change. */
export class Push {
  readonly #exchange: Exchange;
  readonly #left: () => void;
  #response: ServerResponse | undefined;
  #closed = false;

  constructor(exchange: Exchange, left: () => void) {
    this.#exchange = exchange;
    this.#left = left;
  }

  /** Whether the viewer is still there. */
  get open(): boolean {
    return !this.#closed;
  }

  /** Sends an event of this name. A viewer who reads too slowly is let go of, and comes back for the newest. */
  send(event: string, content: Html | string): void {
    const text = content instanceof Html ? content.text : content;
    const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    this.#write(`event: ${event}\n${lines.join('')}\n`);
  }

  /** Begins the answer, which the first event does too. */
  begin(): void {
    if (this.#response !== undefined || this.#closed) return;
    const headers = [
      'content-type',
      'text/event-stream',
      'cache-control',
      'no-store',
      'x-accel-buffering',
      'no',
    ];
    this.#response = this.#exchange.beginStream(200, [...guardedHeaders(), ...headers]);
    // One who left while the answer was made is not told of again.
    if (this.#response === undefined || this.#response.destroyed) this.#leave();
    else this.#response.once('close', () => this.#leave());
    this.#write(`retry: ${retryMs}\n\n`);
  }

  /** Shows that the answer goes on, to whoever stands between. */
  beat(): void {
    if (this.#response !== undefined) this.#write(':\n\n');
  }

  /** Ends the answer; the browser will ask again. */
  end(): void {
    this.#response?.end();
    this.#leave();
  }

  #write(text: string): void {
    if (this.#closed) return;
    this.begin();
    const response = this.#response;
    response?.write(text);
    if (response !== undefined && response.writableLength > maxWaitingBytes) response.destroy();
  }

  #leave(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#left();
  }
}

/** Makes a viewer's stream, and gives what is to be done when it is over. */
export type StreamHandler = (push: Push) => (() => void) | Promise<() => void>;

/** The streams of a site, all of them bounded. */
export class Streams {
  readonly #viewers = new Set<Push>();
  readonly #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** When `signal` aborts every stream ends. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener('abort', () => {
      for (const viewer of this.#viewers) viewer.end();
    });
  }

  get size(): number {
    return this.#viewers.size;
  }

  /**
   * Answers one viewer for as long as both want, a minute at most. @throws {ApiError} 503 when a hundred look already, and
   * what the handler throws before it has sent anything
   */
  async serve(exchange: Exchange, handle: StreamHandler): Promise<void> {
    if (this.#viewers.size >= maxViewers) throw unavailable('too many people are watching');
    const ending = this.#signal?.aborted === true;
    let end: NodeJS.Timeout | undefined;
    const over = Promise.withResolvers<void>();
    const push = new Push(exchange, () => {
      clearTimeout(end);
      this.#remove(push);
      over.resolve();
    });
    this.#add(push);
    try {
      if (!ending) void over.promise.then(await handle(push));
    } catch (error) {
      push.end();
      throw error;
    }
    push.begin();
    if (ending || exchange.method === 'HEAD') push.end();
    else if (push.open) end = setTimeout(() => push.end(), longestMs);
  }

  #add(push: Push): void {
    this.#viewers.add(push);
    this.#timer ??= setInterval(() => {
      for (const viewer of this.#viewers) viewer.beat();
    }, heartbeatMs);
  }

  #remove(push: Push): void {
    this.#viewers.delete(push);
    if (this.#viewers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
