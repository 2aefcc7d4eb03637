import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { type ApiError, currentContext, internal, type RequestContext, timedOut } from '@tsmicro/network';
import type { Static, TSchema } from 'typebox';
import type { NatsClient } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import { msgToJson, parseData, readMessage } from './message.ts';

/** How long to wait, and what may end the wait early. */
export interface RequestOptions {
  /** @default the client's time-out; never more than the current request has left */
  timeoutMs?: number;
  signal?: AbortSignal;
}

function headersFor(timeoutMs: number, context: RequestContext | undefined): MsgHdrs {
  const carried = headers();
  carried.set('x-deadline-ms', String(Math.floor(timeoutMs)));
  if (context !== undefined) {
    carried.set('x-request-id', context.requestId);
    if (context.traceparent !== undefined) carried.set('traceparent', context.traceparent);
    if (context.tracestate !== undefined) carried.set('tracestate', context.tracestate);
  }
  return carried;
}

/** The data of a reply, or the error it carries. A reply against the contract is a fault between the services: 500. */
function replyFrom<R extends TSchema>(endpoint: Endpoint<TSchema, R>, reply: Msg): Static<R> {
  let carried: ApiError;
  try {
    const content = readMessage(reply.data);
    if ('data' in content) return parseData(endpoint.reply, content.data);
    carried = content.error;
  } catch (error) {
    throw internal(new Error(`${endpoint.subject} replied against its contract`, { cause: error }));
  }
  throw carried;
}

/**
 * Asks another service, and gives its typed answer together with the message that brought it. Carries the request id,
 * the trace and what is left of the deadline.
 * @throws {ApiError} the other side's error as it was; 503 when nobody answers there, 504 when the time is over
 */
export async function requestNatsRaw<Q extends TSchema, R extends TSchema>(
  client: NatsClient,
  endpoint: Endpoint<Q, R>,
  data: Static<Q>,
  options: RequestOptions = {},
): Promise<{ data: Static<R>; message: Msg }> {
  const context = currentContext();
  const startedAt = performance.now();
  const patienceMs = Math.min(
    options.timeoutMs ?? client.timeoutMs,
    context?.timeLeftMs() ?? Number.POSITIVE_INFINITY,
  );
  if (patienceMs <= 0) throw timedOut();
  await client.untilConnected(patienceMs);
  // What the wait for a connection took is no longer there for the answer.
  const timeoutMs = patienceMs - (performance.now() - startedAt);
  const message = await client.send({
    subject: endpoint.subject,
    payload: msgToJson(endpoint.request, data),
    headers: headersFor(timeoutMs, context),
    timeoutMs,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { data: replyFrom(endpoint, message), message };
}

/** Asks another service; see {@link requestNatsRaw}. */
export async function requestNats<Q extends TSchema, R extends TSchema>(
  client: NatsClient,
  endpoint: Endpoint<Q, R>,
  data: Static<Q>,
  options?: RequestOptions,
): Promise<Static<R>> {
  return (await requestNatsRaw(client, endpoint, data, options)).data;
}
