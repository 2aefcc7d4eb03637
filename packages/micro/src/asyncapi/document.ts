// An AsyncAPI 3.0 document of what a service answers and tells over NATS: https://www.asyncapi.com/docs/reference/specification/v3.0.0
import { type JsonObject, SchemaBook } from '@tsmicro/network';
import type { Endpoint } from '../endpoint.ts';
import type { EventDefinition } from '../events/event.ts';
import {
  type ErrorReply,
  errorMessage,
  errorsOf,
  eventMessage,
  replyMessage,
  requestMessage,
} from './message-description.ts';

/** What a document is made of. */
export interface AsyncApiSource {
  /** The service's name. */
  readonly title: string;
  /** Its semantic version. */
  readonly version: string;
  readonly description: string;
  readonly endpoints: readonly Endpoint[];
  /** Events that it tells of. @default none */
  readonly sent?: readonly EventDefinition[];
  /** Events that it hears of. @default none */
  readonly heard?: readonly EventDefinition[];
}

const nats: JsonObject = {
  host: '{host}',
  protocol: 'nats',
  description: 'The NATS server of the system',
  variables: { host: { default: '127.0.0.1:4222', description: 'Its host and port' } },
};
const queue: JsonObject = { nats: { queue: 'q', bindingVersion: '0.1.0' } };

/** In a JSON pointer (RFC 6901). */
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
const refer = (...names: string[]): JsonObject => ({ $ref: ['#', ...names.map(escaped)].join('/') });
const bySubject = (a: { subject: string }, b: { subject: string }) => (a.subject < b.subject ? -1 : 1);
const byType = (a: EventDefinition, b: EventDefinition) => (a.type < b.type ? -1 : 1);

/** The parts of a document that several subjects write to. */
class Writer {
  readonly book = new SchemaBook();
  readonly channels: Record<string, JsonObject> = {};
  readonly operations: Record<string, JsonObject> = {};
  readonly messages: Record<string, JsonObject> = {};

  endpoint(endpoint: Endpoint): void {
    const { subject, summary } = endpoint;
    const inbox = `${subject}.reply`;
    const errors = errorsOf(endpoint).map((error) => [`error${error.status}`, this.#error(error)]);
    this.channels[subject] = { address: subject, messages: { request: requestMessage(endpoint, this.book) } };
    this.channels[inbox] = {
      address: null,
      description: 'The inbox that the request names as its reply subject',
      messages: { reply: replyMessage(endpoint, this.book), ...Object.fromEntries(errors) },
    };
    this.operations[subject] = {
      action: 'receive',
      channel: refer('channels', subject),
      summary,
      messages: [refer('channels', subject, 'messages', 'request')],
      reply: {
        channel: refer('channels', inbox),
        messages: Object.keys(this.channels[inbox].messages as JsonObject).map((name) =>
          refer('channels', inbox, 'messages', name),
        ),
      },
      bindings: queue,
    };
  }

  /** An event that the service sends, or receives; one that it does both with has one channel and two operations. */
  event(event: EventDefinition, action: 'send' | 'receive'): void {
    const { type, description } = event;
    const direction = action === 'send' ? 'given' : 'taken';
    this.channels[type] ??= { address: type, messages: { event: eventMessage(event, direction, this.book) } };
    this.operations[action === 'send' ? type : `${type}.heard`] = {
      action,
      channel: refer('channels', type),
      summary: description,
      messages: [refer('channels', type, 'messages', 'event')],
    };
  }

  #error(error: ErrorReply): JsonObject {
    const message = errorMessage(error);
    if (!error.shared) return message;
    const name = `error${error.status}`;
    this.messages[name] = message;
    return refer('components', 'messages', name);
  }
}

/** Describes endpoints and events as AsyncAPI 3.0, in the order of their subjects. */
export function toAsyncApi({
  title,
  version,
  description,
  endpoints,
  sent = [],
  heard = [],
}: AsyncApiSource): JsonObject {
  const writer = new Writer();
  for (const endpoint of endpoints.toSorted(bySubject)) writer.endpoint(endpoint);
  for (const event of sent.toSorted(byType)) writer.event(event, 'send');
  for (const event of heard.toSorted(byType)) writer.event(event, 'receive');
  return {
    asyncapi: '3.0.0',
    info: { title, version, description },
    defaultContentType: 'application/json',
    servers: { nats },
    channels: writer.channels,
    operations: writer.operations,
    components: { messages: writer.messages, schemas: writer.book.components() },
  };
}
