import { performance } from 'node:perf_hooks';
import { Headroom } from '@tsmicro/network';
import type { Call } from '../http1/client-call.ts';
import { ClientPool } from '../http1/client-pool.ts';
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
const keepAliveMs = 60_000;

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
  readonly #pool: ClientPool;
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
    this.#pool = new ClientPool(target.address, { connections, connectTimeoutMs, keepAliveMs });
  }

  /** Whether one more request may run or wait. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#connections + this.#queue * this.#headroom.share;
  }

  /** Tells that a request has its connection, for which it has waited since then. */
  waited(since: number): void {
    const now = performance.now();
    this.#headroom.observe(now - since);
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

  /** Sends a request; whatever goes wrong its asker hears. */
  dispatch(call: Call): void {
    this.#pool.dispatch(call);
  }

  /** Lets what runs end, for as long as any request may take, then closes every connection. */
  async retire(): Promise<void> {
    const late = setTimeout(() => this.close(), retireMs).unref();
    await this.#pool.retire();
    clearTimeout(late);
  }

  /** Closes every connection, running requests included. */
  close(): void {
    this.#pool.close();
  }
}
