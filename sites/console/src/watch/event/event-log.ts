import {
  type ConsumerBacklog,
  listConsumerBacklogs,
  listLatestEvents,
  listParkedEvents,
  type NatsClient,
  observeEvents,
  type ParkedEvent,
  type PassingEvent,
} from '@tsmicro/micro';
import type { Faults } from '../faults.ts';
import type { ParkedView, SeenEvent } from '../snapshot.ts';
import { toParkedView, toSeenEvent } from './view.ts';

const earlier = 50;
const maxEvents = 100;
const maxParked = 100;
/** How often the stream is asked; it says nothing by itself. */
const askMs = 2_000;

/** The events that passed of late, and what became of those that did not reach everybody. */
export class EventLog {
  readonly #client: NatsClient;
  readonly #faults: Faults;
  /** By their ids, oldest first: the same event may pass twice. */
  readonly #events = new Map<string, PassingEvent>();
  #parked: readonly ParkedEvent[] = [];
  #backlogs: readonly ConsumerBacklog[] = [];
  #timer: NodeJS.Timeout | undefined;
  #end: (() => void) | undefined;
  /** Counts the times that somebody began to look: what was asked for before comes too late. */
  #epoch = 0;

  constructor(client: NatsClient, faults: Faults) {
    this.#client = client;
    this.#faults = faults;
  }

  /** Newest first. */
  get events(): SeenEvent[] {
    return Array.from(this.#events.values(), toSeenEvent).reverse();
  }

  /** Oldest first. */
  get parked(): ParkedView[] {
    return this.#parked.map(toParkedView);
  }

  get backlogs(): readonly ConsumerBacklog[] {
    return this.#backlogs;
  }

  begin(): void {
    const epoch = ++this.#epoch;
    const listener = observeEvents(this.#client, (event) => this.#add(event));
    this.#end = () => listener.close();
    void this.#readEarlier(epoch);
    void this.#follow(epoch);
  }

  end(): void {
    this.#epoch++;
    this.#end?.();
    this.#end = undefined;
    clearTimeout(this.#timer);
    this.#events.clear();
    this.#parked = [];
    this.#backlogs = [];
  }

  /** Looks at once at what is parked, as after one of them was sent again. */
  async refresh(): Promise<void> {
    await this.#ask(this.#epoch);
  }

  async #readEarlier(epoch: number): Promise<void> {
    const found = await this.#faults.try('earlier events', () => listLatestEvents(this.#client, earlier));
    if (found === undefined || epoch !== this.#epoch) return;
    const since = [...this.#events.values()];
    this.#events.clear();
    for (const event of [...found, ...since]) this.#add(event);
  }

  async #follow(epoch: number): Promise<void> {
    await this.#ask(epoch);
    if (epoch === this.#epoch) this.#timer = setTimeout(() => void this.#follow(epoch), askMs);
  }

  async #ask(epoch: number): Promise<void> {
    const [parked, backlogs] = await Promise.all([
      this.#faults.try('parked events', () => listParkedEvents(this.#client, { limit: maxParked })),
      this.#faults.try('consumers of events', () => listConsumerBacklogs(this.#client)),
    ]);
    if (epoch !== this.#epoch) return;
    this.#parked = parked ?? [];
    this.#backlogs = backlogs ?? [];
  }

  #add(event: PassingEvent): void {
    const known = this.#events.get(event.id);
    // The stream knows its number, who heard it does not.
    if (known !== undefined && event.sequence === undefined) return;
    this.#events.set(event.id, event);
    const [oldest] = this.#events.keys();
    if (this.#events.size > maxEvents && oldest !== undefined) this.#events.delete(oldest);
  }
}
