// What `npm run contracts:diff` takes for a breaking change. The rule depends on the direction: what a service takes may
// only become wider, what it gives only narrower, and nothing that someone sends or reads may go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareAsyncApi } from '../tools/contracts/compatibility/asyncapi.ts';
import type { Change, Json } from '../tools/contracts/compatibility/change.ts';
import { compareOpenApi } from '../tools/contracts/compatibility/openapi.ts';
import { compareSchemas, type Direction } from '../tools/contracts/compatibility/schema.ts';

type Verdict = 'breaking' | 'compatible' | 'none';

const verdictOf = (changes: readonly Change[]): Verdict => {
  if (changes.length === 0) return 'none';
  return changes.some(({ breaking }) => breaking) ? 'breaking' : 'compatible';
};
const inWords = (changes: readonly Change[]) =>
  changes.map(({ where, what }) => `${where}: ${what}`).join('; ');

function compare(old: unknown, next: unknown, direction: Direction): Change[] {
  return compareSchemas(old, next, { where: 'here', name: 'value', direction }, { old: {}, new: {} });
}

const text = { type: 'string' };
const object = (properties: Json, required: string[] = [], more: Json = {}) => ({
  type: 'object',
  properties,
  required,
  ...more,
});

/** From, to, what it is for a service that takes such values, what for one that gives them, and the words for it. */
const schemaCases: [
  what: string,
  old: unknown,
  next: unknown,
  taken: Verdict,
  given: Verdict,
  words: RegExp,
][] = [
  ['nothing', object({ a: text }, ['a']), object({ a: text }, ['a']), 'none', 'none', /^$/],
  [
    'words for readers only',
    { ...text, description: 'a' },
    { ...text, title: 'b', examples: ['c'] },
    'none',
    'none',
    /^$/,
  ],
  ['an optional field more', object({}), object({ a: text }), 'compatible', 'compatible', /field a is new/],
  [
    'a required field more',
    object({}),
    object({ a: text }, ['a']),
    'breaking',
    'compatible',
    /field a is new/,
  ],
  [
    'a field less',
    object({ a: text }),
    object({}),
    'breaking',
    'breaking',
    /field a is not (?:read|there) any more/,
  ],
  [
    'a field became required',
    object({ a: text }),
    object({ a: text }, ['a']),
    'breaking',
    'compatible',
    /field a is (?:required|always there) now/,
  ],
  [
    'a field became optional',
    object({ a: text }, ['a']),
    object({ a: text }),
    'compatible',
    'breaking',
    /field a may be (?:left out|missing) now/,
  ],
  ['another type', text, { type: 'integer' }, 'breaking', 'breaking', /is integer instead of string/],
  [
    'integer to number',
    { type: 'integer' },
    { type: 'number' },
    'compatible',
    'breaking',
    /may be number now/,
  ],
  [
    'number to integer',
    { type: 'number' },
    { type: 'integer' },
    'breaking',
    'compatible',
    /is never number any more/,
  ],
  ['one type more', text, { type: ['string', 'null'] }, 'compatible', 'breaking', /may be null now/],
  ['any type', text, {}, 'compatible', 'breaking', /may be anything/],
  ['a type at last', {}, text, 'breaking', 'compatible', /is string only/],
  [
    'a shorter longest text',
    { ...text, maxLength: 200 },
    { ...text, maxLength: 100 },
    'breaking',
    'compatible',
    /at most 100 characters instead of 200 characters/,
  ],
  [
    'a longer longest text',
    { ...text, maxLength: 100 },
    { ...text, maxLength: 200 },
    'compatible',
    'breaking',
    /at most 200 characters/,
  ],
  [
    'a bound at last',
    text,
    { ...text, maxLength: 100 },
    'breaking',
    'compatible',
    /at most 100 characters instead of without bound/,
  ],
  [
    'a bound less',
    { type: 'integer', minimum: 1 },
    { type: 'integer' },
    'compatible',
    'breaking',
    /at least without bound instead of 1/,
  ],
  [
    'a minimum raised',
    { type: 'integer', minimum: 0 },
    { type: 'integer', minimum: 1 },
    'breaking',
    'compatible',
    /at least 1 instead of 0/,
  ],
  ['a minimum length of nothing', text, { ...text, minLength: 0 }, 'none', 'none', /^$/],
  [
    'fewer items',
    { type: 'array', maxItems: 9 },
    { type: 'array', maxItems: 8 },
    'breaking',
    'compatible',
    /at most 8 items/,
  ],
  [
    'a value of an enum less',
    { enum: ['A', 'B'] },
    { enum: ['A'] },
    'breaking',
    'compatible',
    /is never "B" any more/,
  ],
  [
    'a value of an enum more',
    { enum: ['A'] },
    { enum: ['A', 'B'] },
    'compatible',
    'breaking',
    /may be "B" now/,
  ],
  ['an enum at last', text, { ...text, enum: ['A'] }, 'breaking', 'compatible', /is "A" only/],
  [
    'an enum no more',
    { ...text, enum: ['A'] },
    text,
    'compatible',
    'breaking',
    /may be anything, not "A" only/,
  ],
  ['another constant', { const: 'A' }, { const: 'B' }, 'breaking', 'breaking', /"B"/],
  [
    'constants as alternatives',
    { enum: ['A', 'B'] },
    { anyOf: [{ const: 'A' }, { const: 'B' }] },
    'none',
    'none',
    /^$/,
  ],
  [
    'an alternative less',
    { anyOf: [text, { type: 'integer' }] },
    text,
    'breaking',
    'compatible',
    /is never integer any more/,
  ],
  [
    'an alternative more',
    text,
    { anyOf: [text, { type: 'integer' }] },
    'compatible',
    'breaking',
    /may be integer now/,
  ],
  ['a pattern more', text, { ...text, pattern: '\\S' }, 'breaking', 'compatible', /must meet pattern/],
  ['a pattern less', { ...text, pattern: '\\S' }, text, 'compatible', 'breaking', /need not meet pattern/],
  [
    'another pattern',
    { ...text, pattern: 'a' },
    { ...text, pattern: 'b' },
    'breaking',
    'breaking',
    /must meet.*need not meet/,
  ],
  [
    'a pattern moved into allOf',
    { ...text, pattern: '\\S' },
    { ...text, allOf: [{ pattern: '\\S' }] },
    'none',
    'none',
    /^$/,
  ],
  ['a format more', text, { ...text, format: 'email' }, 'breaking', 'compatible', /must meet format "email"/],
  [
    'another default',
    { ...text, default: 'a' },
    { ...text, default: 'b' },
    'breaking',
    'none',
    /^$|counts as "b" instead of "a"/,
  ],
  ['a default at last', text, { ...text, default: 'b' }, 'compatible', 'none', /^$|counts as "b"/],
  ['a default less', { ...text, default: 'a' }, text, 'breaking', 'none', /^$|no default any more/],
  [
    'items of another type',
    { type: 'array', items: text },
    { type: 'array', items: { type: 'integer' } },
    'breaking',
    'breaking',
    /field \[\] is integer/,
  ],
  [
    'no other fields any more',
    object({}),
    object({}, [], { additionalProperties: false }),
    'breaking',
    'compatible',
    /no other fields/,
  ],
  [
    'a field more where there were no others',
    object({}, [], { additionalProperties: false }),
    object({ a: text }, [], { additionalProperties: false }),
    'compatible',
    'breaking',
    /field a is new/,
  ],
  [
    'a field deep below',
    object({ a: object({ b: object({ c: text }) }) }),
    object({ a: object({ b: object({}) }) }),
    'breaking',
    'breaking',
    /field a\.b\.c/,
  ],
];

for (const [what, old, next, taken, given, words] of schemaCases) {
  test(`compatibility: ${what} in a request is ${taken}, in a reply ${given}`, () => {
    for (const [direction, verdict] of [
      ['taken', taken],
      ['given', given],
    ] as const) {
      const changes = compare(old, next, direction);
      assert.equal(verdictOf(changes), verdict, inWords(changes));
      assert.match(changes.map(({ what }) => what).join('; '), words);
    }
  });
}

test('compatibility: a schema that contains itself is compared to its end', () => {
  const tree = (leaf: Json): Json => ({
    schemas: { Tree: object({ leaf, left: { $ref: '#/schemas/Tree' } }) },
  });
  const reference = { $ref: '#/schemas/Tree' };
  const changes = (next: Json) =>
    compareSchemas(
      reference,
      reference,
      { where: 'here', name: 'value', direction: 'given' },
      { old: tree(text), new: tree(next) },
    );
  assert.deepEqual(changes(text), []);
  assert.equal(verdictOf(changes({ type: 'integer' })), 'breaking');
});

const failure = { description: 'Failed', content: { 'application/json': { schema: text } } };
const answer = (schema: Json, headers: Json = {}) => ({
  description: 'OK',
  headers,
  content: { 'application/json': { schema } },
});
const operation = (change: Json = {}): Json => ({
  responses: { 200: answer(text), 404: failure },
  ...change,
});
const api = (change: Json = {}, path = '/books/{id}', method = 'get'): Json => ({
  paths: { [path]: { [method]: operation(change) } },
});
const inQuery = (required: boolean, schema: Json = text) => ({
  parameters: [{ name: 'page', in: 'query', required, schema }],
});
const body = (schema: Json, required = true) => ({
  requestBody: { required, content: { 'application/json': { schema } } },
});

const httpCases: [what: string, old: Json, next: Json, verdict: Verdict, words: RegExp][] = [
  ['an operation more', { paths: {} }, api(), 'compatible', /GET \/books\/\{id\}: is new/],
  ['an operation less', api(), { paths: {} }, 'breaking', /GET \/books\/\{id\}: is not there any more/],
  ['another method', api(), api({}, '/books/{id}', 'put'), 'breaking', /GET .*not there/],
  ['another name of a path parameter', api(), api({}, '/books/{book}'), 'none', /^$/],
  ['another path', api(), api({}, '/book/{id}'), 'breaking', /not there/],
  ['a query parameter more', api(), api(inQuery(false)), 'compatible', /query parameter page is new/],
  ['a required query parameter more', api(), api(inQuery(true)), 'breaking', /page is new and required/],
  ['a query parameter less', api(inQuery(false)), api(), 'breaking', /page is not read any more/],
  [
    'a query parameter became required',
    api(inQuery(false)),
    api(inQuery(true)),
    'breaking',
    /page is required now/,
  ],
  [
    'a query parameter became optional',
    api(inQuery(true)),
    api(inQuery(false)),
    'compatible',
    /page may be left out/,
  ],
  [
    'a query parameter of another type',
    api(inQuery(true)),
    api(inQuery(true, { type: 'integer' })),
    'breaking',
    /query parameter page is integer/,
  ],
  ['a required body more', api(), api(body(text)), 'breaking', /requires a body now/],
  ['a body more that may be left out', api(), api(body(text, false)), 'compatible', /takes a body now/],
  ['a body less', api(body(text)), api(), 'breaking', /reads no body/],
  ['a body became required', api(body(text, false)), api(body(text)), 'breaking', /requires the body now/],
  ['a body became optional', api(body(text)), api(body(text, false)), 'compatible', /without a body/],
  [
    'a field of the body more',
    api(body(object({}))),
    api(body(object({ a: text }))),
    'compatible',
    /request field a is new/,
  ],
  ['a failure more', api({ responses: { 200: answer(text) } }), api(), 'compatible', /may answer 404/],
  ['a failure less', api(), api({ responses: { 200: answer(text) } }), 'breaking', /never answers 404/],
  [
    'a success more',
    api(),
    api({ responses: { ...(operation().responses as Json), 202: answer(text) } }),
    'breaking',
    /may answer 202/,
  ],
  [
    'a field of the answer less',
    api({ responses: { 200: answer(object({ a: text })) } }),
    api({ responses: { 200: answer(object({})) } }),
    'breaking',
    /answer 200 field a/,
  ],
  [
    'a header less',
    api({ responses: { 200: answer(text, { etag: { schema: text } }) } }),
    api({ responses: { 200: answer(text) } }),
    'breaking',
    /header etag/,
  ],
  [
    'a header more',
    api({ responses: { 200: answer(text) } }),
    api({ responses: { 200: answer(text, { etag: { schema: text } }) } }),
    'compatible',
    /header etag is new/,
  ],
  [
    'another content type',
    api(),
    api({ responses: { 200: { content: { 'text/plain': {} } }, 404: failure } }),
    'breaking',
    /not application\/json any more/,
  ],
  [
    'a token demanded',
    api(),
    api({ security: [{ bearer: [] }] }),
    'breaking',
    /demands bearer; nothing was enough/,
  ],
  ['a token demanded of all', api(), { ...api(), security: [{ bearer: [] }] }, 'breaking', /demands bearer/],
  [
    'a token demanded no more',
    api({ security: [{ bearer: [] }] }),
    api({ security: [] }),
    'compatible',
    /content with nothing/,
  ],
  [
    'a role demanded',
    api({ security: [{ bearer: [] }] }),
    api({ security: [{ bearer: ['EDITOR'] }] }),
    'breaking',
    /demands bearer EDITOR/,
  ],
  [
    'one role more that suffices',
    api({ security: [{ bearer: ['A'] }] }),
    api({ security: [{ bearer: ['A'] }, { bearer: ['B'] }] }),
    'compatible',
    /content with/,
  ],
  [
    'one role less that suffices',
    api({ security: [{ bearer: ['A'] }, { bearer: ['B'] }] }),
    api({ security: [{ bearer: ['A'] }] }),
    'breaking',
    /bearer B was enough/,
  ],
  [
    'a second scheme beside the token',
    api({ security: [{ bearer: [] }] }),
    api({ security: [{ bearer: [], key: [] }] }),
    'breaking',
    /bearer with key/,
  ],
];

/** One test for each case: its verdict, and the words for it. */
function judge(
  place: string,
  cases: typeof httpCases,
  compareDocuments: (old: Json, next: Json) => Change[],
) {
  for (const [what, old, next, verdict, words] of cases) {
    test(`compatibility: over ${place} ${what} is ${verdict}`, () => {
      const changes = compareDocuments(old, next);
      assert.equal(verdictOf(changes), verdict, inWords(changes));
      assert.match(inWords(changes), words);
    });
  }
}

judge('HTTP', httpCases, compareOpenApi);

const message = (payload: Json, more: Json = {}) => ({ contentType: 'application/json', payload, ...more });
const refs = (channel: string, messages: Json) =>
  Object.keys(messages).map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));

/** A service with one subject. */
function nats(action: 'send' | 'receive', messages: Json, replies: Json = {}, address = 'shop.find'): Json {
  return {
    channels: { asked: { address, messages }, reply: { address: null, messages: replies } },
    operations: {
      find: {
        action,
        channel: { $ref: '#/channels/asked' },
        messages: refs('asked', messages),
        ...(action === 'receive'
          ? { reply: { channel: { $ref: '#/channels/reply' }, messages: refs('reply', replies) } }
          : {}),
      },
    },
  };
}
const asked = { request: message(object({ a: text })) };
const replied = { reply: message(object({ b: text }, ['b'])), error404: message(text) };

const natsCases: [what: string, old: Json, next: Json, verdict: Verdict, words: RegExp][] = [
  ['nothing', nats('receive', asked, replied), nats('receive', asked, replied), 'none', /^$/],
  ['a subject more', {}, nats('receive', asked, replied), 'compatible', /shop\.find: is new/],
  ['a subject less', nats('receive', asked, replied), {}, 'breaking', /shop\.find: is answered no more/],
  [
    'another subject',
    nats('receive', asked, replied),
    nats('receive', asked, replied, 'shop.seek'),
    'breaking',
    /answered no more.*shop\.seek: is new/,
  ],
  ['an event no more', nats('send', { event: message(text) }), {}, 'breaking', /is told no more/],
  [
    'a required request field more',
    nats('receive', asked, replied),
    nats('receive', { request: message(object({ a: text, c: text }, ['c'])) }, replied),
    'breaking',
    /request field c is new and required/,
  ],
  [
    'a reply field became optional',
    nats('receive', asked, replied),
    nats('receive', asked, { ...replied, reply: message(object({ b: text })) }),
    'breaking',
    /reply field b may be missing/,
  ],
  [
    'a reply field more',
    nats('receive', asked, replied),
    nats('receive', asked, { ...replied, reply: message(object({ b: text, c: text }, ['b'])) }),
    'compatible',
    /reply field c is new/,
  ],
  [
    'an error more',
    nats('receive', asked, replied),
    nats('receive', asked, { ...replied, error403: message(text) }),
    'compatible',
    /error403 may be given/,
  ],
  [
    'an error less',
    nats('receive', asked, replied),
    nats('receive', asked, { reply: replied.reply }),
    'breaking',
    /error404 is given no more/,
  ],
  [
    'another kind of reply',
    nats('receive', asked, replied),
    nats('receive', asked, { ...replied, maybe: message(text) }),
    'breaking',
    /maybe may be given/,
  ],
  [
    'an event field less',
    nats('send', { event: message(object({ a: text })) }),
    nats('send', { event: message(object({})) }),
    'breaking',
    /event field a is not there/,
  ],
  [
    'a header less',
    nats('send', { event: message(text, { headers: object({ id: text }) }) }),
    nats('send', { event: message(text, { headers: object({}) }) }),
    'breaking',
    /event header field id/,
  ],
  [
    'another content type',
    nats('send', { event: message(text) }),
    nats('send', { event: { ...message(text), contentType: 'text/plain' } }),
    'breaking',
    /is text\/plain instead of/,
  ],
];

judge('NATS', natsCases, compareAsyncApi);
