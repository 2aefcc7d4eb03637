// A durable consumer hands out one message at a time to all instances of a service together (`max_ack_pending` 1), and the
// next one only when that is acknowledged. So the order of events is kept whatever happens: while one is tried again, while
// instances come and go, and across them. Tries happen within one delivery, which is kept by saying `+WPI`; an instance that
// dies or hangs says nothing, and after the consumer's `ack_wait` another one is given the message.
import type { Subscription } from '@nats-io/transport-node';
import { type EventInbox, type EventRecord, type Logger, pauseMs } from '@tsmicro/dependency';
import type { NatsClient } from '../../client.ts';
import { EventError, NatsConfigError } from '../../errors.ts';
import { attempt } from '../attempt.ts';
import { Bell } from '../bell.ts';
import { readEnvelope } from '../envelope.ts';
import type { EventDefinition } from '../event.ts';
import type { EventHandler } from '../handler.ts';
import { eventStream } from '../stream.ts';
import { within } from '../within.ts';
import { serveAgain } from './again.ts';
import { blameOf, maxBlame } from './blame.ts';
import type { Delivery } from './delivery.ts';
import { park } from './parking.ts';
import { Pull } from './pull.ts';

/** Who hears of events, and what is done then. */
export interface EventConsumerOptions<Transaction = void> {
  /** That of the durable consumer which NATS was set up with, `<service>-<whose events>`: all instances share it. */
  name: string;
  /** Made by `onEvent`; events of other types are passed over. */
  handlers: readonly EventHandler<Transaction>[];
  /** Makes handling happen once. Without it the effect of handling an event twice must be the same as of once. */
  inbox?: EventInbox<Transaction>;
  logger?: Logger;
  /** How long a handler may take. @default 5000 */
  handlerTimeoutMs?: number;
}

/** What became of the events that this instance was given. */
export interface EventConsumerFigures {
  readonly name: string;
  readonly handled: number;
  /** Handled before, as the inbox knew. */
  readonly repeated: number;
  /** Tries that failed. */
  readonly failed: number;
  readonly parked: number;
  /** Events behind the one that came last, as the stream said then. */
  readonly waiting: number;
}

/** Well below any `ack_wait`, so that one beat may be late or lost. */
const beatMs = 1_000;
/** An event that was delivered so often ends the process that handles it. */
const maxDeliveries = 10;
const parkTimeoutMs = 2_000;
/** Five tries take some four seconds. */
const betweenTries = { firstMs: 100, factor: 3, longestMs: 3_000 };

/** One instance's share in a durable consumer. */
export class EventConsumer<Transaction = void> {
  readonly name: string;
  readonly #client: NatsClient;
  readonly #handlers: ReadonlyMap<string, EventHandler<Transaction>>;
  readonly #inbox: EventInbox<Transaction> | undefined;
  readonly #logger: Logger | undefined;
  readonly #timeoutMs: number;
  readonly #pull: Pull;
  readonly #again: Subscription;
  readonly #bell = new Bell();
  readonly #running: Promise<void>;
  readonly #counts = { handled: 0, repeated: 0, failed: 0, parked: 0, waiting: 0 };
  /** Of which type events were parked, one after the other, with none handled in between. */
  readonly #parkedInRow = new Map<string, number>();
  #closing = false;

  constructor(client: NatsClient, options: EventConsumerOptions<Transaction>) {
    const { name, handlers, inbox, logger, handlerTimeoutMs = 5_000 } = options;
    this.name = name;
    this.#client = client;
    this.#handlers = new Map(handlers.map((handler) => [handler.definition.type, handler]));
    this.#inbox = inbox;
    this.#logger = logger;
    this.#timeoutMs = handlerTimeoutMs;
    this.#pull = new Pull(client, eventStream, name, logger);
    this.#again = serveAgain(client, name, (data, type) => this.#handleAgain(data, type));
    this.#running = this.#run();
  }

  /** The kinds of events that it has handlers for. */
  get events(): readonly EventDefinition[] {
    return [...this.#handlers.values()].map(({ definition }) => definition);
  }

  get figures(): EventConsumerFigures {
    return { name: this.name, ...this.#counts };
  }

  /**
   * Takes no more events and waits up to `deadlineMs` for the handler at work; what is not done by then, and what waits to
   * be tried again, is handed to another instance. Safe to call twice.
   */
  async close(deadlineMs = 6_000): Promise<void> {
    this.#closing = true;
    this.#pull.close();
    this.#again.unsubscribe();
    this.#bell.ring();
    await within(deadlineMs, this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    for (;;) {
      const delivery = await this.#pull.next();
      if (delivery === undefined) return;
      const beat = setInterval(() => delivery.working(), beatMs);
      try {
        await this.#settle(delivery);
      } finally {
        clearInterval(beat);
      }
    }
  }

  /** Sees one message to its end: handled, passed over, parked, or given back when this instance closes. */
  async #settle(delivery: Delivery): Promise<void> {
    const { subject, deliveries, pending } = delivery;
    this.#counts.waiting = pending;
    const handler = this.#handlers.get(subject);
    if (handler === undefined) {
      delivery.ack();
      return;
    }
    if (deliveries > maxDeliveries) {
      await this.#park(delivery, new Error('it was never handled to the end'), deliveries);
      return;
    }
    let blame = 0;
    for (let tries = 1; ; tries++) {
      try {
        await this.#handle(handler, readEnvelope(delivery.data, subject));
        this.#parkedInRow.delete(subject);
        delivery.ack();
        return;
      } catch (error) {
        const more = blameOf(error);
        blame += more;
        this.#counts.failed++;
        if (blame >= maxBlame) {
          await this.#park(delivery, error, tries);
          return;
        }
        if (more > 0 || tries === 1) this.#warn(error, subject, tries);
        await this.#bell.wait(more === 0 ? pauseMs(tries - 1) : this.#pauseMs(subject, tries));
      }
      if (this.#closing) {
        delivery.nak();
        return;
      }
    }
  }

  /** While what a handler needs is away this is said once for an event. */
  #warn(error: unknown, type: string, tries: number): void {
    this.#logger?.warn({ err: error, type, tries }, 'an event was not handled; it is tried again');
  }

  async #handle(handler: EventHandler<Transaction>, event: EventRecord): Promise<void> {
    const work = handler.prepare(event);
    const given = { event, work, consumer: this.name, inbox: this.#inbox, timeoutMs: this.#timeoutMs };
    if (await attempt(given)) this.#counts.handled++;
    else this.#counts.repeated++;
  }

  /** Shorter after each event of the type that was in vain: a handler that fails for all of them is not to stop all others. */
  #pauseMs(type: string, tries: number): number {
    return pauseMs(tries - 1, betweenTries) / 2 ** (this.#parkedInRow.get(type) ?? 0);
  }

  /** Nothing is acknowledged before it is safely put aside, however long that takes. */
  async #park(delivery: Delivery, error: unknown, tries: number): Promise<void> {
    const { subject, sequence } = delivery;
    for (let failures = 0; ; failures++) {
      try {
        await park(this.#client, delivery, { consumer: this.name, error, tries }, parkTimeoutMs);
        break;
      } catch (cause) {
        if (failures === 0)
          this.#logger?.warn({ err: cause, type: subject }, 'an event could not be parked yet');
        await this.#bell.wait(pauseMs(failures));
      }
      if (this.#closing) {
        delivery.nak();
        return;
      }
    }
    delivery.term();
    this.#counts.parked++;
    this.#parkedInRow.set(subject, (this.#parkedInRow.get(subject) ?? 0) + 1);
    this.#logger?.error(
      { err: error, type: subject, sequence, tries },
      'an event was parked: it could not be handled',
    );
  }

  async #handleAgain(data: Uint8Array, type: string): Promise<void> {
    const handler = this.#handlers.get(type);
    if (handler === undefined) throw new EventError(`${this.name} has no handler for ${type}`);
    await this.#handle(handler, readEnvelope(data, type));
  }
}

/**
 * Begins to handle the events of a durable consumer, one at a time, in the order of the stream; waits by itself for NATS,
 * the stream and the consumer.
 * @throws {NatsConfigError} for a name that is not `<service>-<whose events>`
 */
export function openEventConsumer<Transaction = void>(
  client: NatsClient,
  options: EventConsumerOptions<Transaction>,
): EventConsumer<Transaction> {
  if (!options.name.startsWith(`${client.serviceName}-`) || !/^[A-Za-z0-9_-]+$/.test(options.name)) {
    throw new NatsConfigError(
      `the consumer "${options.name}" of ${client.serviceName} must be called ${client.serviceName}-<whose events>`,
    );
  }
  return new EventConsumer(client, options);
}
