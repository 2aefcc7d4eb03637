import { isConnectionLost } from '../http1/client-errors.ts';
import { ask, type QuestionLimits, type Reply } from '../http1/client-question.ts';
import { toClientRequest } from '../http1/client-request.ts';
import { toFieldLines } from '../http1/field-lines.ts';
import type { Exchange } from '../proxy/exchange.ts';
import { NoTargetError } from './errors.ts';
import type { Target } from './target.ts';
import { type PoolOptions, TargetPool } from './target-pool.ts';
import type { Upstream } from './upstream.ts';

/** What the gateway itself asks of a target, with GET. */
export interface TargetQuestion extends QuestionLimits {
  readonly path: string;
  /** Name in lower case, value, name, value. */
  readonly fields: readonly string[];
}

/** Connections of one user to the targets of an upstream: what one user takes is not taken from another. */
export class Backend {
  readonly upstream: Upstream;
  readonly #options: PoolOptions;
  readonly #pools = new Map<Target, TargetPool>();
  #targets: readonly Target[] = [];

  constructor(upstream: Upstream, options: PoolOptions) {
    this.upstream = upstream;
    this.#options = options;
  }

  /** Whether one more request may run or wait at any target. */
  get hasRoom(): boolean {
    this.#follow();
    for (const pool of this.#pools.values()) if (pool.hasRoom) return true;
    return this.#pools.size === 0;
  }

  /**
   * Takes a place for one request at a target that was not tried yet, or at any where all were; the place has to be
   * released. Undefined when all that may be asked have all they may have.
   */
  acquire(
    exchange: Exchange | undefined,
    tried: readonly Target[],
    streaming: boolean,
  ): TargetPool | undefined {
    this.#follow();
    const fit = (target: Target) => this.#pools.get(target)?.mayTake(streaming) === true;
    const target =
      (tried.length === 0
        ? undefined
        : this.upstream.choose(exchange, (one) => !tried.includes(one) && fit(one))) ??
      this.upstream.choose(exchange, fit);
    const pool = target === undefined ? undefined : this.#pools.get(target);
    pool?.acquire(streaming);
    return pool;
  }

  /**
   * For questions of the gateway's own: asks one target, one that is not among `tried` where there is any, and enters it
   * there. What its signal cuts off counts as a time-out of the target.
   * @throws {NoTargetError} when none may be asked, and what went wrong with the one that was
   */
  async ask({ path, fields, signal, maxBodyBytes }: TargetQuestion, tried: Target[] = []): Promise<Reply> {
    const pool = this.acquire(undefined, tried, false);
    if (pool === undefined) throw new NoTargetError(this.upstream.entity.name);
    const { target } = pool;
    tried.push(target);
    try {
      const request = toClientRequest({ method: 'GET', path, lines: toFieldLines(fields) }, target.name);
      return await ask(request, { signal, maxBodyBytes }, (call) => pool.dispatch(call));
    } catch (error) {
      if (isConnectionLost(error)) this.upstream.failed(target, 'tcp');
      else if (signal.aborted) this.upstream.failed(target, 'timeout');
      throw error;
    } finally {
      pool.release(false);
    }
  }

  /** Lets what runs end, then closes the connections. */
  async retire(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.retire()));
  }

  /** Closes every connection, running requests included. */
  close(): void {
    for (const pool of this.#pools.values()) pool.close();
  }

  /** Connections follow the targets: those of one that is gone end with what runs on them. */
  #follow(): void {
    const { targets } = this.upstream;
    if (targets === this.#targets) return;
    this.#targets = targets;
    const present = new Set(targets);
    for (const [target, pool] of this.#pools) {
      if (present.has(target)) continue;
      this.#pools.delete(target);
      void pool.retire();
    }
    for (const target of targets) {
      if (!this.#pools.has(target)) this.#pools.set(target, new TargetPool(target, this.#options));
    }
  }
}
