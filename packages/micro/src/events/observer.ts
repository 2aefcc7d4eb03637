// Events for those who look at the system, and handle nothing: what passes, what passed last, and how far each consumer
// is behind. Only a user who may read streams can ask for the last two.
import type { EventRecord, Logger } from '@tsmicro/dependency';
import type { NatsClient } from '../client.ts';
import { readEnvelope } from './envelope.ts';
import type { EventListener } from './listener.ts';
import { eventStream, jetStreamManagerOf } from './stream.ts';

/** An event as it passed; its data are not checked against any contract. */
export interface PassingEvent extends EventRecord {
  /** Its number in the stream, where it was read from there. */
  readonly sequence?: number;
}

/** Which of the events of a stream a durable consumer has still before it. */
export interface ConsumerBacklog {
  readonly name: string;
  /** Not given to it yet, or given and not acknowledged. */
  readonly pending: number;
}

const allEvents = 'events.>';

function readOrNothing(data: Uint8Array, subject: string): EventRecord | undefined {
  try {
    return readEnvelope(data, subject);
  } catch {
    return undefined;
  }
}

/** Hears of every event of every service while it is published; what is no event is passed over. */
export function observeEvents(
  client: NatsClient,
  onEvent: (event: PassingEvent) => void,
  { logger }: { logger?: Logger } = {},
): EventListener {
  const subscription = client.connection.subscribe(allEvents, {
    callback: (refused, { data, subject }) => {
      if (refused !== null) logger?.error({ err: refused }, 'events cannot be observed');
      const event = refused === null ? readOrNothing(data, subject) : undefined;
      if (event !== undefined) onEvent(event);
    },
  });
  return { close: () => subscription.unsubscribe() };
}

/** The last events of the stream, oldest first. @throws {Error} when there is no stream, or it may not be read */
export async function listLatestEvents(client: NatsClient, limit: number): Promise<PassingEvent[]> {
  const { direct } = await jetStreamManagerOf(client);
  const last = await direct.getMessage(eventStream, { last_by_subj: allEvents });
  const found: PassingEvent[] = [];
  if (last === null) return found;
  for (let seq = Math.max(1, last.seq - limit + 1); seq <= last.seq; ) {
    const next = await direct.getMessage(eventStream, { seq, next_by_subj: allEvents });
    if (next === null) break;
    const event = readOrNothing(next.data, next.subject);
    if (event !== undefined) found.push({ ...event, sequence: next.seq });
    seq = next.seq + 1;
  }
  return found;
}

/** How far each durable consumer of events is behind, whether or not an instance of it runs. @throws {Error} as above */
export async function listConsumerBacklogs(client: NatsClient): Promise<ConsumerBacklog[]> {
  const { consumers } = await jetStreamManagerOf(client);
  const found: ConsumerBacklog[] = [];
  for await (const { name, num_pending, num_ack_pending } of consumers.list(eventStream)) {
    found.push({ name, pending: num_pending + num_ack_pending });
  }
  return found;
}
