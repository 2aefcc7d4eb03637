import { Headroom } from '@tsmicro/network';
import { type Dispatcher, Pool } from 'undici';
import { type Address, createConnector } from './connect.ts';

/** How much one target is asked at once, and how long it may take to connect. */
export interface TargetOptions {
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

/**
 * One address of a service with its pool of connections, bounded in what runs and in what waits. How much may wait
 * depends on how quickly the service works it off: waiting in vain helps nobody.
 */
export class Target {
  readonly #pool: Pool;
  readonly #connections: number;
  readonly #queue: number;
  readonly #headroom = new Headroom({ targetMs: standingWaitMs, min: minQueueShare });
  #judgedAt = 0;
  readonly #maxStreams: number;
  #inFlight = 0;
  #streams = 0;

  /** `name` is the `host:port` that it is asked under, as its Host header; `address` is where it listens. */
  constructor(name: string, address: Address, options: TargetOptions) {
    const { connectTimeoutMs, connections = 64, queue = 256 } = options;
    this.#connections = connections;
    this.#queue = queue;
    // A body that is streamed holds its connection for as long as its client likes: never all of them.
    this.#maxStreams = Math.ceil(connections / 2);
    this.#pool = new Pool(`http://${name}`, {
      connections,
      pipelining: 1,
      allowH2: false,
      connect: createConnector(address, connectTimeoutMs),
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

  /** Takes a place for one request; false when the target has all it may have. */
  acquire(streaming: boolean): boolean {
    if (!this.hasRoom || (streaming && this.#streams >= this.#maxStreams)) return false;
    this.#inFlight++;
    if (streaming) this.#streams++;
    return true;
  }

  /** Gives the place back. */
  release(streaming: boolean): void {
    this.#inFlight--;
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

  /** Closes every connection, running requests included. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
