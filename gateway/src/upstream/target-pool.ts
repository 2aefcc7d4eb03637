import { Headroom } from '@tsmicro/network';
import { type Dispatcher, Pool } from 'undici';
import { createConnector } from './connect.ts';
import type { Target } from './target.ts';

/** How much one target is asked at once, and how long it may take to connect. */
export interface PoolOptions {
  readonly connectTimeoutMs: number;
  /** @default 64 */
  readonly connections?: number;
  /** Requests that may wait for a connection. @default 256 */
  readonly queue?: number;
}

/** Below the 75 s of the services: a request never meets a socket that they are about to close. */
const keepAliveTimeoutMs = 60_000;

/** A queue in which even the quickest waits longer than this gets shorter, down to a sixteenth. */
const standingWaitMs = 250;
const minQueueShare = 1 / 16;
const judgeEveryMs = 100;
const retireMs = 60_000;

/**
 * Connections to one target, bounded in what runs and in what waits. How much may wait depends on how quickly the
 * target works it off: waiting in vain helps nobody.
 */
export class TargetPool {
  readonly #pool: Pool;
  readonly #connections: number;
  readonly #queue: number;
  readonly #headroom = new Headroom({ targetMs: standingWaitMs, min: minQueueShare });
  #judgedAt = 0;
  readonly #maxStreams: number;
  #inFlight = 0;
  #streams = 0;

  readonly target: Target;

  constructor(target: Target, options: PoolOptions) {
    const { connectTimeoutMs, connections = 64, queue = 256 } = options;
    this.target = target;
    this.#connections = connections;
    this.#queue = queue;
    // A body that is streamed holds its connection for as long as its client likes: never all of them.
    this.#maxStreams = Math.ceil(connections / 2);
    this.#pool = new Pool(`http://${target.name}`, {
      connections,
      pipelining: 1,
      allowH2: false,
      connect: createConnector(target.address, connectTimeoutMs),
      keepAliveTimeout: keepAliveTimeoutMs,
      keepAliveMaxTimeout: keepAliveTimeoutMs,
      // Time-outs are the caller's: undici counts those above 1 s in ticks of half a second.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Whether one more request may run or wait. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#connections + this.#queue * this.#headroom.share;
  }

  /** Tells how long a request waited for its connection. */
  waited(waitMs: number): void {
    this.#headroom.observe(waitMs);
    const now = performance.now();
    if (now - this.#judgedAt < judgeEveryMs) return;
    this.#judgedAt = now;
    this.#headroom.judge();
  }

  /** Whether one more request may run or wait, or a body be streamed. */
  mayTake(streaming: boolean): boolean {
    return this.hasRoom && !(streaming && this.#streams >= this.#maxStreams);
  }

  /** Takes a place for one request. */
  acquire(streaming: boolean): void {
    this.#inFlight++;
    this.target.inFlight++;
    if (streaming) this.#streams++;
  }

  /** Gives the place back. */
  release(streaming: boolean): void {
    this.#inFlight--;
    this.target.inFlight--;
    if (streaming) this.#streams--;
  }

  /** Sends a request; whatever goes wrong goes to the handler. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** For questions of the gateway's own. */
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    return this.#pool.request(options);
  }

  /** Lets what runs end, for as long as any request may take, then closes every connection. */
  async retire(): Promise<void> {
    const late = setTimeout(() => void this.close(), retireMs).unref();
    await this.#pool.close().catch(() => undefined);
    clearTimeout(late);
  }

  /** Closes every connection, running requests included. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
