import type { NatsClient } from '../../client.ts';
import { publishToStream } from '../publisher.ts';
import { parkedHeader, parkedSubject } from '../stream.ts';
import type { Delivery } from './delivery.ts';

const maxReasonLength = 512;

/** Why an event is given up. */
export interface Parking {
  readonly consumer: string;
  readonly error: unknown;
  readonly tries: number;
}

/** One line of printable ASCII, as a header has to be. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, maxReasonLength);
}

/**
 * Puts the message that brought an event aside, as it was, with why and when. Doing it twice, because a crash came in
 * between, puts it there once.
 * @throws {Error} when the stream of parked events did not say that it has it
 */
export function park(
  client: NatsClient,
  delivery: Delivery,
  { consumer, error, tries }: Parking,
  timeoutMs: number,
): Promise<void> {
  const { subject, sequence, data } = delivery;
  const message = {
    subject: parkedSubject(client.serviceName, consumer, subject),
    id: `${consumer}.${sequence}`,
    payload: data,
    headers: {
      [parkedHeader.reason]: reasonOf(error),
      [parkedHeader.tries]: String(tries),
      [parkedHeader.time]: new Date().toISOString(),
      [parkedHeader.sequence]: String(sequence),
    },
  };
  return publishToStream(client, message, timeoutMs);
}
