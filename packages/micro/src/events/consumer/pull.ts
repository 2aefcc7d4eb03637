// Pulls one message after the other from a durable consumer (ADR-13 of NATS: a request for messages to
// `$JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>`, whose reply subject the messages come to, or a status: 404 and 408 for
// none, 409 and 503 for trouble).
//
// A pull for a consumer that is not there is not answered at all; so its INFO is asked for first, and again after silence.
// The library's own consumers wait half a minute where that fails once. Here all pulls share one subscription, so that a
// message which a hanging server sends to a pull that was given up long ago is still taken.
import type { Msg, Subscription } from '@nats-io/transport-node';
import { type Logger, pauseMs } from '@tsmicro/dependency';
import type { NatsClient } from '../../client.ts';
import { Bell } from '../bell.ts';
import { Delivery, isDelivery } from './delivery.ts';

/** How long the server keeps a pull for which there is no message. */
const expiresMs = 5_000;
const graceMs = 1_000;
const nanosecondsPerMs = 1_000_000;
const infoTimeoutMs = 2_000;
const noMessages = [404, 408];

/** The messages of one durable consumer, as this instance gets them. */
export class Pull {
  readonly #client: NatsClient;
  /** `<stream>.<durable>`: how subjects end. */
  readonly #place: string;
  readonly #name: string;
  readonly #logger: Logger | undefined;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #endReconnect: () => void;
  readonly #bell = new Bell();
  readonly #arrived: Delivery[] = [];
  #number = 0;
  #status: number | undefined;
  /** Whether the consumer was there when it was last asked for. */
  #found = false;
  /** Whether it was said that it waits. */
  #waiting = false;
  #closed = false;

  constructor(client: NatsClient, stream: string, durable: string, logger: Logger | undefined) {
    this.#client = client;
    this.#place = `${stream}.${durable}`;
    this.#name = `the consumer ${durable} of the stream ${stream}`;
    this.#logger = logger;
    this.#inbox = client.createInbox();
    this.#endReconnect = client.onReconnect(() => this.#bell.ring());
    this.#subscription = client.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#take(message);
        else this.#complain(error.message);
      },
    });
  }

  /** The next message, as soon as there is one; undefined once it is closed. */
  async next(): Promise<Delivery | undefined> {
    for (let failures = 0; !this.#closed; ) {
      const delivery = this.#arrived.shift() ?? (await this.#ask());
      if (delivery !== undefined) return delivery;
      if (this.#found) failures = 0;
      else await this.#bell.wait(pauseMs(failures++));
    }
    return undefined;
  }

  /** Takes no more, and gives back what was not handed on. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endReconnect();
    this.#subscription.unsubscribe();
    for (const delivery of this.#arrived.splice(0)) delivery.nak();
    this.#bell.ring();
  }

  /** Pulls, and waits for a message, a word about the pull, or the end of its time. */
  async #ask(): Promise<Delivery | undefined> {
    const { connected, connection } = this.#client;
    this.#found = connected && (this.#found || (await this.#find()));
    if (!this.#found) return undefined;
    this.#status = undefined;
    const request = JSON.stringify({ batch: 1, expires: expiresMs * nanosecondsPerMs });
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#place}`;
    try {
      connection.publish(subject, request, { reply: `${this.#inbox}.${++this.#number}` });
    } catch {
      // The connection is being closed.
      this.#found = false;
      return undefined;
    }
    await this.#bell.wait(expiresMs + graceMs);
    const delivery = this.#arrived.shift();
    this.#found = delivery !== undefined || this.#hasNone();
    return delivery;
  }

  /** Whether the server said that there is no message now. */
  #hasNone(): boolean {
    return this.#status !== undefined && noMessages.includes(this.#status);
  }

  /** Whether the consumer is there. */
  async #find(): Promise<boolean> {
    try {
      const subject = `$JS.API.CONSUMER.INFO.${this.#place}`;
      const reply = await this.#client.connection.request(subject, '', { timeout: infoTimeoutMs });
      const { error } = reply.json() as { error?: { description?: string } };
      if (error !== undefined) throw new Error(error.description);
      if (this.#waiting) this.#logger?.info({}, `${this.#name} is there`);
      this.#waiting = false;
      return true;
    } catch (error) {
      // That NATS is away its client says by itself.
      if (this.#client.connected) this.#complain(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #take(message: Msg): void {
    if (isDelivery(message)) {
      this.#arrived.push(new Delivery(message));
    } else if (message.subject === `${this.#inbox}.${this.#number}`) {
      this.#status = message.headers?.code;
    } else return;
    this.#bell.ring();
  }

  /** Says what is wrong once, not at each try. */
  #complain(reason: string): void {
    if (!this.#waiting) this.#logger?.warn({ reason }, `waiting for ${this.#name}`);
    this.#waiting = true;
  }
}
