// Request and reply over one subscription: every request carries a reply subject below this connection's inbox, the
// last token of which finds the waiting caller. One coarse timer serves all deadlines: a timer and a stack trace for
// each call, as the client library takes them, cost more than the rest of the request.
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { internal, timedOut, unavailable } from '@tsmicro/network';
import { NoResponderError } from './errors.ts';
import { type Headers, isNoResponders } from './message-headers.ts';
import { publish } from './wire.ts';

const tickMs = 20;

/** What goes out with one request. */
export interface Outgoing<T> {
  subject: string;
  payload: string;
  headers: Headers;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Makes the answer out of the reply; what it throws, the request is rejected with. */
  read: (reply: Msg) => T;
}

interface Pending {
  readonly subject: string;
  readonly deadlineAt: number;
  /** Takes the listener off the caller's signal, which may outlive many requests. */
  readonly release: (() => void) | undefined;
  readonly settle: (reply: Msg) => void;
  readonly reject: (error: unknown) => void;
}

/** The figures of a table: how many wait now, and what became of the others so far. */
export interface RequestFigures {
  pending: number;
  /** Refused because too many were waiting. */
  refused: number;
  /** Given up at their deadline. */
  expired: number;
  /** Replies that came when nobody waited for them any more. */
  late: number;
}

/** The pending requests of one connection. */
export class RequestTable {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  readonly #maxPending: number;
  readonly #pending = new Map<string, Pending>();
  readonly #counts = { refused: 0, expired: 0, late: 0 };
  #lastToken = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Replies come to subjects below `inbox`. */
  constructor(connection: NatsConnection, { inbox, maxPending }: { inbox: string; maxPending: number }) {
    this.#connection = connection;
    this.#inbox = `${inbox}.`;
    this.#maxPending = maxPending;
    connection.subscribe(`${this.#inbox}*`, { callback: (_error, reply) => this.#settle(reply) });
  }

  get figures(): RequestFigures {
    return { pending: this.#pending.size, ...this.#counts };
  }

  /**
   * Sends and waits for the reply.
   * @throws {ApiError} 503 when nobody answers that subject, too many requests wait, or the connection closes;
   * 504 at the deadline; 500 when the payload is larger than the server takes
   */
  request<T>(outgoing: Outgoing<T>): Promise<T> {
    const { subject, timeoutMs, signal, read } = outgoing;
    if (this.#pending.size >= this.#maxPending) {
      this.#counts.refused++;
      return Promise.reject(unavailable('too many requests are waiting for their reply'));
    }
    if (signal?.aborted) return Promise.reject(givenUp(subject, signal));
    return new Promise<T>((resolve, reject) => {
      const token = (++this.#lastToken).toString(36);
      const settle = (reply: Msg) => {
        try {
          resolve(read(reply));
        } catch (error) {
          reject(error);
        }
      };
      const release = signal && this.#listen(token, subject, signal);
      const deadlineAt = performance.now() + timeoutMs;
      this.#pending.set(token, { subject, deadlineAt, release, settle, reject });
      this.#timer ??= setInterval(() => this.#expire(), tickMs);
      try {
        this.#send(token, outgoing);
      } catch (error) {
        this.#take(token);
        reject(error);
      }
    });
  }

  /** Fails whatever waits; for when the connection has closed. */
  close(): void {
    clearInterval(this.#timer);
    for (const token of [...this.#pending.keys()]) this.#take(token)?.reject(unavailable());
  }

  #send(token: string, { subject, payload, headers }: Outgoing<unknown>): void {
    try {
      publish(this.#connection, { subject, reply: this.#inbox + token, headers, payload });
    } catch (error) {
      // With the connection alive only a payload above the server's max_payload is refused: a fault of ours.
      const alive = !this.#connection.isClosed() && !this.#connection.isDraining();
      throw alive ? internal(error) : unavailable(undefined, { cause: error });
    }
  }

  #listen(token: string, subject: string, signal: AbortSignal): () => void {
    const giveUp = () => this.#take(token)?.reject(givenUp(subject, signal));
    signal.addEventListener('abort', giveUp, { once: true });
    return () => signal.removeEventListener('abort', giveUp);
  }

  #take(token: string): Pending | undefined {
    const pending = this.#pending.get(token);
    if (pending === undefined) return undefined;
    this.#pending.delete(token);
    pending.release?.();
    return pending;
  }

  #settle(reply: Msg): void {
    const pending = this.#take(reply.subject.slice(this.#inbox.length));
    if (pending === undefined) this.#counts.late++;
    else if (isNoResponders(reply)) {
      pending.reject(
        unavailable(undefined, { cause: new NoResponderError(`no responder on ${pending.subject}`) }),
      );
    } else pending.settle(reply);
  }

  #expire(): void {
    const now = performance.now();
    for (const [token, pending] of this.#pending) {
      if (pending.deadlineAt > now) continue;
      this.#counts.expired++;
      const cause = new Error(`no reply in time on ${pending.subject}`);
      this.#take(token)?.reject(timedOut(undefined, { cause }));
    }
    // Stopped here and not with the last reply: a timer for each request is what this table avoids.
    if (this.#pending.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

const givenUp = (subject: string, signal: AbortSignal) =>
  timedOut(`${subject} was given up`, { cause: signal.reason });
