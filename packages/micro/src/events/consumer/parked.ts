import type { StoredMsg } from '@nats-io/jetstream';
import { headers, type Msg } from '@nats-io/transport-node';
import { type ApiError, internal, notFound, unavailable } from '@tsmicro/network';
import type { NatsClient } from '../../client.ts';
import { errorFromReply } from '../../error-message.ts';
import { readMessage } from '../../message.ts';
import { againSubject, jetStreamManagerOf, parkedHeader, parkedStream } from '../stream.ts';
import { typeHeader } from './again.ts';

/** An event that a consumer gave up, for people. */
export interface ParkedEvent {
  /** Its number in the stream of parked events. */
  readonly sequence: number;
  readonly service: string;
  readonly consumer: string;
  readonly type: string;
  readonly reason: string;
  readonly tries: number;
  /** RFC 3339. */
  readonly parkedAt: string;
  /** What the consumer was given, as it was. */
  readonly data: Uint8Array;
}

/** Which of them to list. */
export interface ParkedQuery {
  /** @default those of all consumers */
  consumer?: string;
  /** @default 100 */
  limit?: number;
}

/** A consumer answers after its handler's deadline at the latest. */
const answerMs = 15_000;

function toParkedEvent({ seq, subject, header, data }: StoredMsg): ParkedEvent {
  const [, service = '', consumer = '', ...type] = subject.split('.');
  return {
    sequence: seq,
    service,
    consumer,
    type: type.join('.'),
    reason: header.get(parkedHeader.reason),
    tries: Number(header.get(parkedHeader.tries)),
    parkedAt: header.get(parkedHeader.time),
    data,
  };
}

/** Lists parked events, oldest first. Only a user who may read streams can. */
export async function listParkedEvents(client: NatsClient, query: ParkedQuery = {}): Promise<ParkedEvent[]> {
  const { consumer = '*', limit = 100 } = query;
  const { direct } = await jetStreamManagerOf(client);
  const found: ParkedEvent[] = [];
  for (let seq = 1; found.length < limit; ) {
    const next = await direct.getMessage(parkedStream, { seq, next_by_subj: `parked.*.${consumer}.>` });
    if (next === null) break;
    found.push(toParkedEvent(next));
    seq = next.seq + 1;
  }
  return found;
}

function errorIn(reply: Msg): ApiError | undefined {
  const content = readMessage(reply.data);
  return 'error' in content ? errorFromReply(content.error, reply) : undefined;
}

/**
 * Has the one consumer that parked it handle an event now; then it is parked no more. Events of the same entity that came
 * later have long been handled. Only a user who may read streams and publish to `again.>` can.
 * @throws {ApiError} the consumer's error, the event stays parked then; 404 when there is no such event, 503 when no
 * instance of the service runs
 */
export async function sendParkedEventAgain(client: NatsClient, sequence: number): Promise<void> {
  const { streams } = await jetStreamManagerOf(client);
  const message = await streams.getMessage(parkedStream, { seq: sequence });
  if (message === null) throw notFound(`no parked event ${sequence}`);
  const { service, consumer, type, data } = toParkedEvent(message);
  const fields = headers();
  fields.set(typeHeader, type);
  let reply: Msg;
  try {
    const subject = againSubject(service, consumer);
    reply = await client.connection.request(subject, data, { headers: fields, timeout: answerMs });
  } catch (cause) {
    throw unavailable(`${consumer} does not answer`, { cause });
  }
  let failed: ApiError | undefined;
  try {
    failed = errorIn(reply);
  } catch (cause) {
    failed = internal(cause);
  }
  if (failed !== undefined) throw failed;
  await streams.deleteMessage(parkedStream, sequence, false);
}
