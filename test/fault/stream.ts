import { connectNats, type NatsClient } from '@tsmicro/micro';
import type { Telling } from './ledger.ts';

/** An event as it lies in the stream. */
export interface StoredEvent extends Telling {
  readonly id: string;
  /** When it happened, and when the stream had it, in milliseconds since 1970. */
  readonly happenedAt: number;
  readonly storedAt: number;
}

interface Envelope {
  id: string;
  type: string;
  subject: string;
  time: string;
  data: { name?: string; sessions?: string[] };
}

interface Reply {
  error?: { code: number; description: string };
  message?: { data: string; time: string; seq: number };
}

/** Several events of a kind are about one user: each is known by what it says. */
function markOf({ type, data }: Envelope): string {
  if (type === 'events.auth.user.updated') return data.name ?? '';
  if (type === 'events.auth.session.revoked') return data.sessions?.join() ?? '';
  return '';
}

/** The stream of all events, read from its start on. */
export class EventStream implements AsyncDisposable {
  readonly #client: NatsClient;
  readonly #events: StoredEvent[] = [];
  #next = 1;

  private constructor(client: NatsClient) {
    this.#client = client;
  }

  /** `url` is that of a user who may read streams. */
  static async open(url: string): Promise<EventStream> {
    const client = await connectNats({
      natsUrl: url,
      natsServiceName: 'operator',
      natsServiceVersion: '1.0.0',
    });
    return new EventStream(client);
  }

  /** All that is there now, repetitions included. */
  async read(): Promise<readonly StoredEvent[]> {
    for (;;) {
      const { message, error } = await this.#ask({ seq: this.#next, next_by_subj: 'events.>' });
      if (error?.code === 404) return this.#events;
      if (message === undefined) throw new Error(error?.description ?? 'the stream does not answer');
      this.#next = message.seq + 1;
      const envelope = JSON.parse(Buffer.from(message.data, 'base64').toString()) as Envelope;
      this.#events.push({
        id: envelope.id,
        type: envelope.type,
        entity: envelope.subject,
        mark: markOf(envelope),
        happenedAt: Date.parse(envelope.time),
        storedAt: Date.parse(message.time),
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }

  async #ask(question: object): Promise<Reply> {
    const subject = '$JS.API.STREAM.MSG.GET.EVENTS';
    const options = { timeout: 5_000 };
    return (
      await this.#client.connection.request(subject, JSON.stringify(question), options)
    ).json() as Reply;
  }
}

/** Events without repetitions, as one who handles each id once sees them. */
export function effectsOf(events: readonly StoredEvent[]): StoredEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.id, event])).values()].reverse();
}

/** Pairs of events of one entity that are in the stream the wrong way round. */
export function disordered(effects: readonly StoredEvent[]): string[] {
  const last = new Map<string, StoredEvent>();
  return effects.flatMap((event) => {
    const before = last.get(event.entity);
    last.set(event.entity, event);
    if (before === undefined || before.happenedAt <= event.happenedAt) return [];
    return [`${before.type} comes before ${event.type} of ${event.entity}`];
  });
}

/** In how many milliseconds this share of events came from the change into the stream. */
export function latencyOf(effects: readonly StoredEvent[], share: number): number {
  const waits = effects.map(({ happenedAt, storedAt }) => storedAt - happenedAt).sort((a, b) => a - b);
  return waits[Math.ceil(waits.length * share) - 1] ?? 0;
}
