// Request and reply over one subscription: every request carries a reply subject below this connection's inbox, the
// last token of which finds the waiting caller. One coarse timer serves all deadlines: a timer and a stack trace for
// each call, as the client library takes them, cost more than the rest of the request.
import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { timedOut, unavailable } from '@tsmicro/network';

const tickMs = 20;

interface Pending {
  subject: string;
  deadlineAt: number;
  /** Takes the listener off the caller's signal, which may outlive many requests. */
  release: () => void;
  resolve: (reply: Msg) => void;
  reject: (error: Error) => void;
}

/** What goes out with one request. */
export interface Outgoing {
  subject: string;
  payload: string;
  headers?: MsgHdrs;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** The pending requests of one connection. */
export class RequestTable {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  readonly #maxPending: number;
  readonly #pending = new Map<string, Pending>();
  #lastToken = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    connection: NatsConnection,
    { inboxPrefix, maxPending = 8_192 }: { inboxPrefix?: string; maxPending?: number } = {},
  ) {
    this.#connection = connection;
    this.#inbox = createInbox(inboxPrefix);
    this.#maxPending = maxPending;
    connection.subscribe(`${this.#inbox}.*`, { callback: (_error, reply) => this.#settle(reply) });
  }

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends and waits for the reply.
   * @throws {ApiError} 503 when nobody answers that subject, too many requests wait, or the connection closes;
   * 504 at the deadline
   */
  request({ subject, payload, headers, timeoutMs, signal }: Outgoing): Promise<Msg> {
    if (this.#pending.size >= this.#maxPending)
      return Promise.reject(unavailable('too many pending requests'));
    if (signal?.aborted) return Promise.reject(timedOut(`${subject} was given up`, { cause: signal.reason }));
    const token = (++this.#lastToken).toString(36);
    return new Promise<Msg>((resolve, reject) => {
      const giveUp = () =>
        this.#take(token)?.reject(timedOut(`${subject} was given up`, { cause: signal?.reason }));
      const release = () => signal?.removeEventListener('abort', giveUp);
      const pending = { subject, deadlineAt: performance.now() + timeoutMs, release, resolve, reject };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#pending.set(token, pending);
      this.#timer ??= setInterval(() => this.#expire(), tickMs);
      try {
        this.#connection.publish(subject, payload, {
          reply: `${this.#inbox}.${token}`,
          ...(headers ? { headers } : {}),
        });
      } catch (error) {
        this.#take(token);
        reject(unavailable(undefined, { cause: error }));
      }
    });
  }

  /** Fails whatever waits; for when the connection has closed. */
  close(): void {
    for (const token of [...this.#pending.keys()]) this.#take(token)?.reject(unavailable());
  }

  #take(token: string): Pending | undefined {
    const pending = this.#pending.get(token);
    this.#pending.delete(token);
    pending?.release();
    if (this.#pending.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return pending;
  }

  #settle(reply: Msg): void {
    // A reply later than its deadline finds nobody, and is dropped.
    const pending = this.#take(reply.subject.slice(this.#inbox.length + 1));
    if (pending === undefined) return;
    const nobody = reply.data.length === 0 && reply.headers?.code === 503;
    if (nobody)
      pending.reject(unavailable(undefined, { cause: new Error(`no responder on ${pending.subject}`) }));
    else pending.resolve(reply);
  }

  #expire(): void {
    const now = performance.now();
    for (const [token, pending] of this.#pending) {
      if (pending.deadlineAt <= now) {
        this.#take(token)?.reject(
          timedOut(undefined, { cause: new Error(`no reply in time on ${pending.subject}`) }),
        );
      }
    }
  }
}
