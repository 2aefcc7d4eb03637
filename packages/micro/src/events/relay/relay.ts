import {
  type EventBacklog,
  type EventOutbox,
  type EventRecord,
  type Logger,
  pauseMs,
} from '@tsmicro/dependency';
import type { NatsClient } from '../../client.ts';
import { Bell } from '../bell.ts';
import { publishEvent } from '../publisher.ts';
import { within } from '../within.ts';
import { publishInOrder } from './batch.ts';

/** What a relay may be told. */
export interface EventRelayOptions {
  logger?: Logger;
  /** Events that are taken from the outbox at once. @default 256 */
  batchSize?: number;
  /** Entities whose events are published side by side. @default 64 */
  parallel?: number;
  /** How often it looks for events that nobody told it of. @default 1000 */
  pollMs?: number;
  /** How long a stream may take to say that it has an event. @default 2000 */
  publishTimeoutMs?: number;
}

/** How a relay is doing. */
export interface EventRelayFigures {
  /** Events in the outbox, as last looked at, a moment ago. */
  readonly waiting: number;
  /** How long the oldest of them has waited. */
  readonly oldestAgeMs: number;
  /** Events that this instance has published. */
  readonly published: number;
  /** Rounds that failed: NATS or the database was away, or the stream took nothing. */
  readonly failures: number;
}

type Round = 'done' | 'more' | 'failed';

/**
 * Publishes what is written to an outbox: in order for each entity, several entities side by side. An event is marked as
 * sent once the stream has it: a crash in between publishes it again, under the same id. Several instances may relay one
 * outbox: what two publish the stream takes once.
 */
export class EventRelay {
  readonly #client: NatsClient;
  readonly #outbox: EventOutbox;
  readonly #options: Required<Omit<EventRelayOptions, 'logger'>>;
  readonly #logger: Logger | undefined;
  readonly #bell = new Bell();
  readonly #endReconnect: () => void;
  readonly #running: Promise<void>;
  #nudged = false;
  #resting = false;
  #closing = false;
  #complaint: string | undefined;
  #published = 0;
  #failures = 0;
  #backlog: EventBacklog = { count: 0 };
  #measuredAt = Number.NEGATIVE_INFINITY;

  constructor(client: NatsClient, outbox: EventOutbox, { logger, ...options }: EventRelayOptions) {
    this.#client = client;
    this.#outbox = outbox;
    this.#logger = logger;
    this.#options = { batchSize: 256, parallel: 64, pollMs: 1_000, publishTimeoutMs: 2_000, ...options };
    this.#endReconnect = client.onReconnect(() => this.#bell.ring());
    this.#running = this.#run();
  }

  /** How many events wait and since when, and what became of the others. */
  get figures(): EventRelayFigures {
    const { count, oldest } = this.#backlog;
    const oldestAgeMs = oldest === undefined ? 0 : Math.max(0, Date.now() - Date.parse(oldest));
    return { waiting: count, oldestAgeMs, published: this.#published, failures: this.#failures };
  }

  /** To be called after a commit that wrote events: they are published now, and not when it looks the next time. */
  nudge(): void {
    this.#nudged = true;
    // After a failure the pause holds: whoever writes a lot is not to make it try as often.
    if (!this.#resting) this.#bell.ring();
  }

  /** Publishes what it was told of, for up to `deadlineMs`; the rest waits for another instance or the next start. */
  async close(deadlineMs = 2_000): Promise<void> {
    this.#closing = true;
    this.#endReconnect();
    this.#bell.ring();
    await within(deadlineMs, this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      this.#nudged = false;
      const round = await this.#round();
      await this.#measure();
      failures = round === 'failed' ? failures + 1 : 0;
      const goOn = round === 'more' || (round === 'done' && this.#nudged);
      if (goOn) continue;
      if (this.#closing) return;
      this.#resting = failures > 0;
      // Instances do not look in step.
      await this.#bell.wait(
        failures > 0 ? pauseMs(failures) : this.#options.pollMs * (0.75 + Math.random() / 2),
      );
      this.#resting = false;
    }
  }

  async #round(): Promise<Round> {
    // The client has said already that NATS is away.
    if (!this.#client.connected) return 'failed';
    try {
      const events = await this.#outbox.pending(this.#options.batchSize);
      if (events.length > 0) await this.#publish(events);
      if (this.#complaint !== undefined) this.#logger?.info({}, 'events are published again');
      this.#complaint = undefined;
      return events.length >= this.#options.batchSize ? 'more' : 'done';
    } catch (error) {
      this.#failures++;
      this.#complain(error);
      return 'failed';
    }
  }

  async #publish(events: readonly EventRecord[]): Promise<void> {
    const { parallel, publishTimeoutMs } = this.#options;
    const publish = (event: EventRecord) => publishEvent(this.#client, event, publishTimeoutMs);
    const { sent, failed } = await publishInOrder(events, parallel, publish);
    this.#published += sent.length;
    if (sent.length > 0) await this.#outbox.sent(sent);
    if (failed !== undefined) throw failed;
  }

  /** Says what is wrong once, not at each try. */
  #complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== this.#complaint)
      this.#logger?.warn({ err: error }, 'events wait: they could not be published');
    this.#complaint = reason;
  }

  /** As often as it polls, whatever it does in between. */
  async #measure(): Promise<void> {
    if (performance.now() - this.#measuredAt < this.#options.pollMs) return;
    this.#measuredAt = performance.now();
    try {
      this.#backlog = await this.#outbox.backlog();
    } catch (error) {
      this.#complain(error);
    }
  }
}

/** Begins to publish what waits in `outbox`, now and from now on; waits by itself for NATS and the stream. */
export function openEventRelay(
  client: NatsClient,
  outbox: EventOutbox,
  options: EventRelayOptions = {},
): EventRelay {
  return new EventRelay(client, outbox, options);
}
