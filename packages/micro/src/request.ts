import type { Msg } from '@nats-io/transport-node';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import {
  type ApiError,
  currentContext,
  internal,
  type RequestContext,
  timedOut,
  toApiError,
} from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { maxTimeoutMs, type NatsClient } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import { errorFromReply } from './error-message.ts';
import { msgToJson, parseData, readMessage } from './message.ts';
import { encodeHeaders, type Headers } from './message-headers.ts';

/** How long to wait, and what may end the wait early. */
export interface RequestOptions {
  /** @default the client's time-out; never more than 2000, or than the current request has left */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A reply, and the message that brought it. */
export interface RawReply<T> {
  data: T;
  message: Msg;
}

const asked = new OperationChannel<Operation>('nats.client');

/** What goes with a request outside of any other: one of few values, so it is made once for each. */
const plainHeaders = new Map<number, Headers>();
const maxPlainHeaders = 100;

function headersFor(
  timeoutMs: number,
  context: RequestContext | undefined,
  operation: Operation | undefined,
): Headers {
  const deadlineMs = Math.floor(timeoutMs);
  if (context !== undefined || operation?.traceparent !== undefined) {
    return encodeHeaders({
      'x-deadline-ms': String(deadlineMs),
      'x-request-id': context?.requestId,
      traceparent: operation?.traceparent ?? context?.traceparent,
      tracestate: context?.tracestate,
    });
  }
  let headers = plainHeaders.get(deadlineMs);
  if (headers === undefined) {
    headers = encodeHeaders({ 'x-deadline-ms': String(deadlineMs) });
    if (plainHeaders.size < maxPlainHeaders) plainHeaders.set(deadlineMs, headers);
  }
  return headers;
}

/** The data of a reply, or the error it carries. A reply against the contract is a fault between the services: 500. */
function replyFrom<R extends TSchema>(endpoint: Endpoint<TSchema, R>, reply: Msg): Static<R> {
  let carried: ApiError;
  try {
    const content = readMessage(reply.data);
    if ('data' in content) return parseData(endpoint.reply, content.data);
    carried = errorFromReply(content.error, reply);
  } catch (error) {
    throw internal(new Error(`${endpoint.subject} replied against its contract`, { cause: error }));
  }
  throw carried;
}

function send<T>(
  client: NatsClient,
  endpoint: Endpoint,
  data: unknown,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  read: (reply: Msg) => T,
): Promise<T> {
  const context = currentContext();
  const { subject } = endpoint;
  const operation = asked.observed ? begin(subject, context) : undefined;
  let payload: string;
  try {
    payload = msgToJson(endpoint.request, data);
  } catch (error) {
    return Promise.reject(internal(error));
  }
  const headers = headersFor(timeoutMs, context, operation);
  const reply = client.send({ subject, payload, headers, timeoutMs, signal, read });
  return operation === undefined ? reply : watched(reply, operation);
}

function begin(subject: string, context: RequestContext | undefined): Operation {
  const operation: Operation = {
    name: subject,
    startedAt: performance.now(),
    traceparent: context?.traceparent,
    tracestate: context?.tracestate,
  };
  asked.start(operation);
  return operation;
}

async function watched<T>(reply: Promise<T>, operation: Operation): Promise<T> {
  try {
    const answer = await reply;
    operation.status = 200;
    return answer;
  } catch (error) {
    operation.status = toApiError(error).status;
    operation.error = error;
    throw error;
  } finally {
    asked.end(operation);
  }
}

async function whenConnected<T>(
  client: NatsClient,
  patienceMs: number,
  next: (leftMs: number) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  await client.untilConnected(patienceMs);
  // What the wait for a connection took is no longer there for the answer.
  return next(patienceMs - (performance.now() - startedAt));
}

function ask<T>(
  client: NatsClient,
  endpoint: Endpoint,
  data: unknown,
  { timeoutMs = client.timeoutMs, signal }: RequestOptions,
  read: (reply: Msg) => T,
): Promise<T> {
  const left = currentContext()?.timeLeftMs();
  const patienceMs = Math.min(timeoutMs, maxTimeoutMs, left ?? maxTimeoutMs);
  if (patienceMs <= 0) return Promise.reject(timedOut());
  if (client.connected) return send(client, endpoint, data, patienceMs, signal, read);
  return whenConnected(client, patienceMs, (leftMs) => send(client, endpoint, data, leftMs, signal, read));
}

/**
 * Asks another service: typed, validated, with a deadline. Carries the request id, the trace and what is left of the
 * deadline; a request that is under way when NATS goes away is kept until its deadline.
 * @throws {ApiError} the other side's error as it was; 503 when nobody answers there, 504 when the time is over, 500 for
 * data or a reply that breaks the contract, or is larger than a message may be
 */
export function requestNats<Q extends TSchema, R extends TSchema>(
  client: NatsClient,
  endpoint: Endpoint<Q, R>,
  data: Static<Q>,
  options: RequestOptions = {},
): Promise<Static<R>> {
  return ask(client, endpoint, data, options, (reply) => replyFrom(endpoint, reply));
}

/** {@link requestNats} that gives the message of the reply too. */
export function requestNatsRaw<Q extends TSchema, R extends TSchema>(
  client: NatsClient,
  endpoint: Endpoint<Q, R>,
  data: Static<Q>,
  options: RequestOptions = {},
): Promise<RawReply<Static<R>>> {
  return ask(client, endpoint, data, options, (message) => ({ data: replyFrom(endpoint, message), message }));
}
