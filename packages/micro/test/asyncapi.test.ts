import assert from 'node:assert/strict';
import { test } from 'node:test';
import specification from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { defineEndpoint, defineEvent, toAsyncApi } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const Asked = Type.Object(
  { value: Type.String({ notBlank: true }), size: Type.Integer({ default: 1 }) },
  { title: 'Asked' },
);
const Thing = Type.Object({ id: Type.String() }, { title: 'Thing' });
const find = defineEndpoint({
  service: 'shop',
  path: '/things',
  name: 'find',
  request: Asked,
  reply: Thing,
  summary: 'Finds a thing',
  errors: { 404: 'no such thing' },
});
const made = defineEvent({ type: 'events.shop.thing.made', data: Thing, description: 'A thing was made' });
const sold = defineEvent({ type: 'events.till.thing.sold', data: Thing, description: 'A thing was sold' });
const document = toAsyncApi({
  title: 'shop',
  version: '1.2.3',
  description: 'Things',
  endpoints: [find],
  sent: [made],
  heard: [sold, made],
});

/** A value deep in the document. */
function at(...path: string[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
}

test('asyncapi: a document of endpoints and events is valid by the official schema of AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(specification);
  assert.equal(validate(document), true, JSON.stringify(validate.errors));
  assert.equal(validate({ ...document, operations: { find: { action: 'ask' } } }), false);
});

test('asyncapi: a service receives requests on its subject and replies to the inbox, with data or an error', () => {
  assert.equal(at('operations', 'shop.things.find', 'action'), 'receive');
  assert.equal(at('channels', 'shop.things.find', 'address'), 'shop.things.find');
  assert.equal(at('channels', 'shop.things.find.reply', 'address'), null);
  assert.deepEqual(Object.keys(at('channels', 'shop.things.find.reply', 'messages') as object), [
    'reply',
    'error400',
    'error404',
    'error500',
    'error503',
    'error504',
  ]);
  const reply = at('channels', 'shop.things.find.reply', 'messages', 'reply', 'payload');
  assert.deepEqual(reply, {
    type: 'object',
    required: ['data'],
    additionalProperties: false,
    properties: { data: { $ref: '#/components/schemas/Thing' } },
  });
});

test('asyncapi: an error names its status in the body and in the headers, and says when to try again', () => {
  const error = (status: number, ...path: string[]) =>
    at('channels', 'shop.things.find.reply', 'messages', `error${status}`, ...path);
  assert.equal(error(404, 'summary'), 'no such thing');
  assert.deepEqual(error(404, 'headers', 'properties', 'Nats-Service-Error-Code'), { const: '404' });
  assert.equal(error(404, 'payload', 'properties', 'error', 'pattern') as string, '^404:');
  assert.deepEqual(error(503), { $ref: '#/components/messages/error503' });
  assert.deepEqual(at('components', 'messages', 'error503', 'headers', 'required'), [
    'Nats-Service-Error-Code',
    'Nats-Service-Error',
    'retry-after',
  ]);
});

test('asyncapi: a request may leave out what has a default', () => {
  assert.deepEqual(at('components', 'schemas', 'Asked', 'required'), ['value']);
});

test('asyncapi: an event is sent as a CloudEvent of its type, and received by who hears of it', () => {
  const actionOf = (operation: string) => at('operations', operation, 'action');
  assert.deepEqual([actionOf(made.type), actionOf(`${made.type}.heard`)], ['send', 'receive']);
  assert.deepEqual([actionOf(sold.type), actionOf(`${sold.type}.heard`)], [undefined, 'receive']);
  const message = at('channels', made.type, 'messages', 'event') as Record<string, unknown>;
  assert.equal(message.contentType, 'application/cloudevents+json');
  const { properties } = message.payload as { properties: Record<string, unknown> };
  assert.deepEqual(properties.type, { type: 'string', const: made.type });
  assert.deepEqual(properties.data, { $ref: '#/components/schemas/Thing' });
});
