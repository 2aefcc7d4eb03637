import type { Logger } from '@tsmicro/dependency';
import { type NatsClient, sendParkedEventAgain } from '@tsmicro/micro';
import { composeSnapshot } from './compose.ts';
import { EventLog } from './event/event-log.ts';
import { Faults } from './faults.ts';
import { Lookout } from './lookout.ts';
import { SlowRequests } from './slow/slow-requests.ts';
import type { Snapshot } from './snapshot.ts';

/** What is watched, and from where. */
export interface WatchOptions {
  natsClient: NatsClient;
  /** Asked for its health where no gateway shows itself. */
  gatewayUrl: string;
  logger?: Logger;
}

/** Somebody who looks. */
export interface Viewer {
  /** Calls `hear` with each snapshot from now on, about one a second. */
  onSnapshot(hear: (snapshot: Snapshot) => void): void;
  /** Looks no more. Safe to call twice. */
  leave(): void;
}

const everyMs = 1_000;
/** The first snapshot has no rates: they need a second look, which is not to be waited for that long. */
const secondAfterMs = 400;
/** From one page to the next nothing is begun anew. */
const lingerMs = 5_000;

/**
 * The running system, for those who look at it. The sources are asked from the first viewer on, and no more five seconds
 * after the last has left; while nobody looks there is no subscription, no timer and no question. Each source may fail
 * alone: that is a line among the faults, and the others go on.
 */
export class Watch {
  readonly #client: NatsClient;
  readonly #logger: Logger | undefined;
  readonly #faults = new Faults();
  readonly #lookout: Lookout;
  readonly #events: EventLog;
  readonly #slow: SlowRequests;
  readonly #viewers = new Set<Set<(snapshot: Snapshot) => void>>();
  #latest: Snapshot | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #watching = false;
  #closed = false;
  /** Counts the times that watching began or ended: a round that was under way then is for nobody. */
  #epoch = 0;
  #round: Promise<unknown> = Promise.resolve();

  constructor({ natsClient, gatewayUrl, logger }: WatchOptions) {
    this.#client = natsClient;
    this.#logger = logger;
    this.#lookout = new Lookout(natsClient, gatewayUrl, this.#faults);
    this.#events = new EventLog(natsClient, this.#faults);
    this.#slow = new SlowRequests(natsClient);
  }

  /** What was seen last; undefined while nobody looks. */
  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  /** Whether the sources are asked now. */
  get watching(): boolean {
    return this.#watching;
  }

  /** One more looks. */
  join(): Viewer {
    const hearers = new Set<(snapshot: Snapshot) => void>();
    this.#viewers.add(hearers);
    clearTimeout(this.#lingering);
    if (!this.#watching && !this.#closed) this.#begin();
    return {
      onSnapshot: (hear) => void hearers.add(hear),
      leave: () => {
        hearers.clear();
        if (!this.#viewers.delete(hearers) || this.#viewers.size > 0) return;
        this.#lingering = setTimeout(() => this.#end(), lingerMs).unref();
      },
    };
  }

  /**
   * Has the consumer that parked an event handle it now.
   * @throws {ApiError} the consumer's error; 404 when it is not parked, 503 when no instance of the service runs
   */
  async sendAgain(sequence: number): Promise<void> {
    await sendParkedEventAgain(this.#client, sequence);
    if (this.#watching) await this.#events.refresh();
  }

  /** Whoever looks sees nothing more. Safe to call twice. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#lingering);
    this.#viewers.clear();
    if (this.#watching) this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): void {
    this.#watching = true;
    this.#lookout.begin();
    this.#events.begin();
    this.#slow.begin();
    const epoch = ++this.#epoch;
    // A round that was for nobody any more may still be on its way.
    void this.#round.then(() => this.#run(epoch, secondAfterMs));
  }

  #end(): void {
    this.#watching = false;
    this.#epoch++;
    clearTimeout(this.#timer);
    this.#events.end();
    this.#slow.end();
    this.#latest = undefined;
    this.#lookout.end();
    // What a round that is still on its way finds is for nobody.
    void this.#round.then(() => {
      if (this.#watching) return;
      this.#lookout.end();
      this.#faults.clearAll();
    });
  }

  async #run(epoch: number, pauseMs: number): Promise<void> {
    if (epoch !== this.#epoch) return;
    const startedAt = performance.now();
    this.#round = this.#look(epoch);
    await this.#round;
    if (epoch !== this.#epoch) return;
    const tookMs = performance.now() - startedAt;
    this.#timer = setTimeout(() => void this.#run(epoch, everyMs), Math.max(pauseMs - tookMs, 50));
  }

  async #look(epoch: number): Promise<void> {
    try {
      const sighting = await this.#lookout.look();
      if (epoch !== this.#epoch) return;
      const known = { events: this.#events, slow: this.#slow, faults: this.#faults };
      this.#latest = composeSnapshot(sighting, known);
      this.#tell(this.#latest);
    } catch (error) {
      this.#logger?.error({ err: error }, 'the system could not be looked at');
    }
  }

  #tell(snapshot: Snapshot): void {
    for (const hearers of this.#viewers) {
      for (const hear of hearers) {
        try {
          hear(snapshot);
        } catch (error) {
          this.#logger?.warn({ err: error }, 'a viewer did not take a snapshot');
        }
      }
    }
  }
}
