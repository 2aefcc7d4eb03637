// What the packages tell of their work, for whoever wants to count or trace it: node:diagnostics_channel, whose cost
// without a listener is one look at a flag. Names are `tsmicro:<kind>:start` and `tsmicro:<kind>:end`.

import { type Channel, channel } from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';

/** Work that takes time: one request answered, one question asked, one statement run. */
export interface Operation {
  /** Of few different values: the pattern of a route, a subject, the kind of a statement. */
  readonly name: string;
  /** In milliseconds, of `performance.now()`. */
  readonly startedAt: number;
  /** The W3C trace context to send on; who traces sets it at the start to that of the operation itself. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  /** Known at the end. */
  durationMs?: number;
  /** The status of the answer, as in HTTP, where there is one; known at the end. */
  status?: number;
  /** What it ended with when it failed. */
  error?: unknown;
}

/** The two channels of one kind of operation. */
export class OperationChannel<O extends Operation> {
  readonly #start: Channel;
  readonly #end: Channel;

  /** `kind` as in "http.server"; two of one kind are the same channels. */
  constructor(kind: string) {
    this.#start = channel(`tsmicro:${kind}:start`);
    this.#end = channel(`tsmicro:${kind}:end`);
  }

  /** Whether anybody listens: where nobody does, no operation needs to be made. */
  get observed(): boolean {
    return this.#start.hasSubscribers || this.#end.hasSubscribers;
  }

  /** Tells that it begins. Listeners run at once, in the caller's context. */
  start(operation: O): void {
    this.#start.publish(operation);
  }

  /** Tells that it is over; the duration is filled in here. */
  end(operation: O): void {
    operation.durationMs = performance.now() - operation.startedAt;
    this.#end.publish(operation);
  }

  /** Runs `work` as the operation that `begin` makes; where nobody listens it only runs it, without one. */
  async run<T>(begin: () => O, work: (operation?: O) => Promise<T>): Promise<T> {
    if (!this.observed) return await work();
    const operation = begin();
    this.start(operation);
    try {
      return await work(operation);
    } catch (error) {
      operation.error = error;
      throw error;
    } finally {
      this.end(operation);
    }
  }

  /** Calls `onStart` and `onEnd` with every operation of this kind from now on. @returns what ends that */
  subscribe({
    onStart,
    onEnd,
  }: {
    onStart?: (operation: O) => void;
    onEnd?: (operation: O) => void;
  }): () => void {
    const start = (message: unknown) => onStart?.(message as O);
    const end = (message: unknown) => onEnd?.(message as O);
    this.#start.subscribe(start);
    this.#end.subscribe(end);
    return () => {
      this.#start.unsubscribe(start);
      this.#end.unsubscribe(end);
    };
  }
}
