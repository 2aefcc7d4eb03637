// Streams and durables as they are called; whoever sets NATS up makes them, a service only uses them.
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsClient } from '../client.ts';

/** The stream of all events. */
export const eventStream = 'EVENTS';
/** The stream of events that a consumer could not handle. */
export const parkedStream = 'PARKED';

/** Where a consumer of a service parks an event. */
export const parkedSubject = (service: string, consumer: string, type: string) =>
  `parked.${service}.${consumer}.${type}`;

/** Where a consumer of a service is given a parked event again. */
export const againSubject = (service: string, consumer: string) => `again.${service}.${consumer}`;

/** In the headers of a parked event: why, after how many tries, when (RFC 3339), and its number in the stream of events. */
export const parkedHeader = {
  reason: 'Parked-Reason',
  tries: 'Parked-Tries',
  time: 'Parked-Time',
  sequence: 'Parked-Sequence',
} as const;

// Loaded when it is first used: a process that tells of nothing, such as the gateway, has no need of its 2 MiB.
const library = () => import('@nats-io/jetstream');

/** JetStream as those who publish see it. */
export async function jetStreamOf({ connection }: NatsClient): Promise<JetStreamClient> {
  return (await library()).jetstream(connection);
}

/** JetStream as those who look after it see it. */
export async function jetStreamManagerOf({ connection }: NatsClient): Promise<JetStreamManager> {
  return (await library()).jetstreamManager(connection, { checkAPI: false });
}
