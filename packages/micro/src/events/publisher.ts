import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { type EventRecord, type Operation, OperationChannel } from '@tsmicro/dependency';
import type { NatsClient } from '../client.ts';
import { contentType, writeEnvelope } from './envelope.ts';
import { jetStreamOf } from './stream.ts';

const sent = new OperationChannel<Operation>('nats.client');

/** A message for a stream. */
export interface StreamMessage {
  readonly subject: string;
  /** The stream takes a second message of one id within its duplicate window as the first one. */
  readonly id: string;
  readonly payload: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

function toHeaders(fields: Readonly<Record<string, string>>): MsgHdrs {
  const map = headers();
  for (const [name, value] of Object.entries(fields)) map.set(name, value);
  return map;
}

/**
 * Publishes a message and waits until the stream has it.
 * @throws {Error} when nothing says so within `timeoutMs`, or no stream wants it; it may be there all the same
 */
export async function publishToStream(
  client: NatsClient,
  { subject, id, payload, headers: fields = {} }: StreamMessage,
  timeoutMs: number,
): Promise<void> {
  const stream = await jetStreamOf(client);
  await stream.publish(subject, payload, { msgID: id, timeout: timeoutMs, headers: toHeaders(fields) });
}

/** Publishes an event on the subject that is its type; {@link publishToStream} otherwise. */
export function publishEvent(client: NatsClient, event: EventRecord, timeoutMs: number): Promise<void> {
  const { id, type, traceparent, tracestate } = event;
  const message = {
    subject: type,
    id,
    payload: writeEnvelope(event, client.serviceName),
    headers: { 'Content-Type': contentType },
  };
  const begin = (): Operation => ({ name: type, startedAt: performance.now(), traceparent, tracestate });
  return sent.run(begin, async (operation) => {
    await publishToStream(client, message, timeoutMs);
    if (operation !== undefined) operation.status = 200;
  });
}
