import type { Direction, JsonObject, SchemaBook } from '@tsmicro/network';
import type { Endpoint } from '../endpoint.ts';
import { contentType, envelopeOf } from '../events/envelope.ts';
import type { EventDefinition } from '../events/event.ts';

const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: 'string',
  description,
  ...more,
});

const requestHeaders: JsonObject = {
  type: 'object',
  properties: {
    traceparent: text('W3C trace context'),
    tracestate: text('W3C trace context, of vendors'),
    'x-request-id': text('Names the request in every log', { pattern: '^[A-Za-z0-9_.-]{1,128}$' }),
    'x-deadline-ms': text('Milliseconds left when it was sent: a request whose time has run out is dropped', {
      pattern: '^\\d{1,9}$',
    }),
  },
};

/** What a status means wherever it follows from the protocol. */
const usual: Readonly<Record<number, string>> = {
  400: 'The message is malformed or breaks its schema; the text names every bad field',
  500: 'A fault of the service; its cause is logged under the request id',
  503: 'A dependency is away, or too many requests are running',
  504: 'The deadline passed',
};

const dataOnly = (data: JsonObject): JsonObject => ({
  type: 'object',
  required: ['data'],
  additionalProperties: false,
  properties: { data },
});

/** The message that asks. */
export function requestMessage({ name, request }: Endpoint, book: SchemaBook): JsonObject {
  return {
    name: `${name}Request`,
    title: 'Request',
    contentType: 'application/json',
    headers: book.define('RequestHeaders', requestHeaders),
    payload: dataOnly(book.write(request, 'taken')),
  };
}

/** The message that answers. */
export function replyMessage({ name, reply }: Endpoint, book: SchemaBook): JsonObject {
  return {
    name: `${name}Reply`,
    title: 'Reply',
    contentType: 'application/json',
    payload: dataOnly(book.write(reply, 'given')),
  };
}

/** One error reply of an endpoint. */
export interface ErrorReply {
  readonly status: string;
  readonly summary: string;
  /** It means the same at every endpoint. */
  readonly shared: boolean;
}

/** The error replies of an endpoint, in the order of their statuses. */
export function errorsOf({ errors }: Endpoint): ErrorReply[] {
  const statuses = new Set([...Object.keys(usual), ...Object.keys(errors)].map(Number));
  return [...statuses]
    .sort((a, b) => a - b)
    .map((status) => {
      const said = [usual[status], errors[status]].filter((part) => part !== undefined);
      return { status: String(status), summary: said.join('. Or: '), shared: errors[status] === undefined };
    });
}

function errorHeaders(status: string): JsonObject {
  const retried = status === '429' || status === '503';
  return {
    type: 'object',
    required: ['Nats-Service-Error-Code', 'Nats-Service-Error', ...(retried ? ['retry-after'] : [])],
    properties: {
      'Nats-Service-Error-Code': { const: status },
      'Nats-Service-Error': text('The message, in printable ASCII', { maxLength: 512 }),
      ...(status === '400' ? { 'x-error-fields': text('JSON: the bad fields, each with its message') } : {}),
      ...(retried ? { 'retry-after': text('Seconds after which to try again', { pattern: '^\\d+$' }) } : {}),
    },
  };
}

/** The message that refuses: the status and why, in the body and in the headers of the services protocol (ADR-32). */
export function errorMessage({ status, summary }: ErrorReply): JsonObject {
  return {
    name: `Error${status}`,
    title: `Error ${status}`,
    summary,
    contentType: 'application/json',
    headers: errorHeaders(status),
    payload: {
      type: 'object',
      required: ['error'],
      additionalProperties: false,
      properties: { error: text('`<status>:<message>`', { pattern: `^${status}:` }) },
    },
  };
}

/** The message that tells of an event (CloudEvents 1.0, JSON format). */
export function eventMessage(event: EventDefinition, direction: Direction, book: SchemaBook): JsonObject {
  const { type, description } = event;
  return {
    name: type,
    title: type,
    summary: description,
    contentType,
    headers: {
      type: 'object',
      properties: { 'Nats-Msg-Id': text('The id of the event: the same event may come more than once') },
    },
    payload: book.write(envelopeOf(event), direction),
  };
}
