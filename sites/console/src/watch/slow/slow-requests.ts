import type { NatsClient } from '@tsmicro/micro';
import { compileParser, parseJson } from '@tsmicro/network';
import { type SightLeaseMessage, SlowRequestMessage, SpansMessage, sightSubject } from '@tsmicro/service';
import type { Trace } from '../snapshot.ts';
import { TraceBook } from './trace-book.ts';

const lease: SightLeaseMessage = { leaseMs: 5_000, slowMs: 1 };
const renewMs = 2_000;
/** What several processes tell of at once is asked for at once; longer, and a busy process has forgotten. */
const gatherMs = 20;
/** What ended after its request, such as the handling of its events, is asked for later. */
const lateMs = 1_000;
const maxIds = 32;
const maxBytes = 512 * 1024;

const parseSlow = compileParser(SlowRequestMessage, { root: 'slow' });
const parseSpans = compileParser(SpansMessage, { root: 'spans' });

/** Asked by whoever looks after a process, not by a person. */
const isHealth = (name: string) => /\/health(?:\/live|\/ready)?$/.test(name);
/** The name of who says it, on NATS: the server lets nobody say it for another. */
const serviceIn = (subject: string) => subject.split('.')[1] ?? '';

/** Has all processes look at their requests, and puts together the ways of the slow ones. */
export class SlowRequests {
  readonly #client: NatsClient;
  readonly #book: TraceBook;
  readonly #wanted = new Set<string>();
  #ends: (() => void)[] = [];
  #gathering: NodeJS.Timeout | undefined;
  readonly #late = new Set<NodeJS.Timeout>();

  constructor(client: NatsClient) {
    this.#client = client;
    this.#book = new TraceBook((service) => service === client.serviceName);
  }

  begin(): void {
    this.#hear(sightSubject.slow('*'), (value) => {
      const { traceId, name, durationMs } = parseSlow(value);
      if (!isHealth(name) && this.#book.note(traceId, durationMs)) this.#want(traceId);
    });
    this.#hear(sightSubject.spans('*'), (value, subject) =>
      this.#book.add(serviceIn(subject), parseSpans(value)),
    );
    this.#say(sightSubject.watch, lease);
    const renewal = setInterval(() => this.#say(sightSubject.watch, lease), renewMs);
    this.#ends.push(() => clearInterval(renewal));
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    for (const timer of this.#late) clearTimeout(timer);
    this.#late.clear();
    this.#wanted.clear();
    this.#book.clear();
  }

  /** The ways of slow requests, newest first. */
  traces(): Trace[] {
    return this.#book.traces();
  }

  #want(traceId: string): void {
    if (this.#wanted.size < maxIds) this.#wanted.add(traceId);
    this.#gathering ??= setTimeout(() => this.#collect(), gatherMs);
  }

  #collect(): void {
    this.#gathering = undefined;
    const traceIds = [...this.#wanted];
    this.#wanted.clear();
    this.#say(sightSubject.collect, { traceIds });
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      this.#say(sightSubject.collect, { traceIds });
    }, lateMs);
    this.#late.add(timer);
  }

  #say(subject: string, message: object): void {
    const { connection, connected } = this.#client;
    if (connected && !connection.isClosed() && !connection.isDraining())
      connection.publish(subject, JSON.stringify(message));
  }

  #hear(subject: string, take: (value: unknown, subject: string) => void): void {
    const subscription = this.#client.connection.subscribe(subject, {
      callback: (refused, { data, subject: said }) => {
        if (refused !== null || data.length > maxBytes) return;
        try {
          take(parseJson(data), said);
        } catch {
          // Whoever says something else there is not heard.
        }
      },
    });
    this.#ends.push(() => subscription.unsubscribe());
  }
}
