// The reference without a browser: what it makes of documents, and the HTML it writes of that.
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { html } from '@tsmicro/web';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { prefixOf, throughGateway } from '../src/docs/gateway-view.ts';
import { originMark } from '../src/docs/page/entry.ts';
import { servicePage } from '../src/docs/page/service-page.ts';
import { curlOf, natsOf } from '../src/docs/reference/command.ts';
import { exampleOf } from '../src/docs/reference/example.ts';
import { type Field, toField } from '../src/docs/reference/field.ts';
import type { Json } from '../src/docs/reference/json.ts';
import { operationsOf } from '../src/docs/reference/operation.ts';
import { toReference } from '../src/docs/reference/service.ts';
import { subjectsOf } from '../src/docs/reference/subject.ts';
import { createPathPattern } from '../src/routing/path-pattern.ts';

const root = join(import.meta.dirname, '..', '..');

async function readContracts(name: string): Promise<Json[]> {
  const files = await Array.fromAsync(glob(`contracts/*/${name}`, { cwd: root }));
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(root, file), 'utf8')) as Json));
}

const shop: Json = {
  openapi: '3.1.1',
  info: { title: 'shop', version: '1.0.0', description: 'Things' },
  paths: {
    '/things/{id}': {
      put: {
        operationId: 'putThing',
        tags: ['things'],
        summary: 'Change <b>a thing</b>',
        security: [{ bearer: ['SELLER'] }, { bearer: ['OWNER'] }],
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: { type: 'string', 'x-format': 'mongo-id', pattern: '^[0-9a-fA-F]{24}$' },
          },
          { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9, default: 2 } },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  properties: {
                    code: { const: '10000' },
                    data: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
                  },
                },
              },
            },
          },
          401: { $ref: '#/components/responses/Unauthorized' },
        },
      },
    },
    '/health': {
      get: {
        operationId: 'getHealth',
        tags: ['health'],
        summary: 'Health',
        security: [],
        responses: { 200: {} },
      },
    },
  },
  components: {
    responses: { Unauthorized: { description: 'No token' } },
    schemas: {
      Thing: {
        title: 'Thing',
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 2, maxLength: 30, pattern: '\\S', description: "It's <called>" },
          parts: { type: 'array', maxItems: 3, items: { $ref: '#/components/schemas/Thing' } },
          kind: { enum: ['A', 'B'], default: 'A' },
        },
      },
    },
  },
};

const named = (fields: readonly Field[], name: string) => fields.find((field) => field.name === name);

test('reference: a schema is told in words, and one that contains itself ends', () => {
  const thing = toField({ $ref: '#/components/schemas/Thing' }, shop);
  assert.equal(thing.type, 'Thing');
  assert.deepEqual(named(thing.fields, 'name')?.rules, ['2 to 30 characters', 'not blank']);
  assert.equal(named(thing.fields, 'name')?.required, true);
  assert.deepEqual(named(thing.fields, 'kind')?.rules, ['one of "A", "B"', 'default "A"']);
  const parts = named(thing.fields, 'parts');
  assert.deepEqual(
    [parts?.type, parts?.rules, parts?.required],
    ['list of Thing', ['at most 3 items'], false],
  );
  assert.deepEqual(parts?.fields, []);
});

test('reference: an operation says who may call it, with what, and what may come back', () => {
  const [, operation] = operationsOf(shop);
  assert.ok(operation);
  assert.deepEqual([operation.method, operation.path], ['PUT', '/things/{id}']);
  assert.deepEqual(
    [operation.needsToken, operation.needsApiKey, operation.roles],
    [true, false, ['SELLER', 'OWNER']],
  );
  assert.deepEqual(operation.inQuery[0]?.rules, ['1 to 9', 'default 2']);
  assert.equal(operation.answer?.type, 'list of Thing');
  assert.deepEqual(operation.failures, [{ status: '401', meaning: 'No token' }]);
});

test('reference: through the gateway there is a prefix, and an API key beside what the service demands', () => {
  const mount = { prefix: '/shop', needsApiKey: (path: string) => path !== '/shop/health' };
  const [health, operation] = operationsOf(throughGateway(shop, mount));
  assert.deepEqual([health?.path, health?.needsApiKey], ['/shop/health', false]);
  assert.ok(operation);
  assert.equal(operation.needsApiKey && operation.needsToken, true);
  assert.deepEqual(operation.failures, [
    { status: '401', meaning: 'The header x-api-key is missing. Or: No token' },
    { status: '403', meaning: 'The API key is unknown, revoked or expired' },
  ]);
  const command = curlOf(operation, 'http://127.0.0.1:8000');
  assert.match(
    command,
    /^curl -X PUT 'http:\/\/127\.0\.0\.1:8000\/shop\/things\/0123456789abcdef01234567\?page=2'/,
  );
  assert.match(command, /-H 'x-api-key: YOUR_API_KEY'/);
  assert.match(command, /-H 'authorization: Bearer YOUR_ACCESS_TOKEN'/);
  assert.match(command, /-d '\{\s+"name": "some text"\s+\}'/);
});

test('reference: the prefix of a route is what it takes off, up to the first sign of an expression', () => {
  const route = (path: string, stripPath = true) => ({ paths: [createPathPattern(path)], stripPath });
  assert.equal(prefixOf(route('~/auth(?:/|$)')), '/auth');
  assert.equal(prefixOf(route('/a/b-c')), '/a/b-c');
  assert.equal(prefixOf(route('/')), '');
  assert.equal(prefixOf(route('/kept', false)), '');
});

test('reference: a shell takes an example as it is, quotes and all', () => {
  const subject = subjectsOf({
    channels: {
      ask: {
        address: 'shop.ask',
        messages: {
          m: {
            payload: { type: 'object', required: ['data'], properties: { data: { const: "it's $HOME" } } },
          },
        },
      },
    },
    operations: {
      ask: {
        action: 'receive',
        channel: { $ref: '#/channels/ask' },
        messages: [{ $ref: '#/channels/ask/messages/m' }],
      },
    },
  })[0];
  assert.ok(subject);
  assert.equal(natsOf(subject), `nats request shop.ask '{\n    "data": "it'\\''s $HOME"\n  }'`);
});

test('reference: nothing that a document says becomes markup', () => {
  const page = servicePage(toReference('shop', { openapi: shop, asyncapi: undefined }, undefined), []).text;
  assert.match(page, /Change &lt;b&gt;a thing&lt;\/b&gt;/);
  assert.match(page, /It&#39;s &lt;called&gt;/);
  assert.doesNotMatch(page, /<b>|<called>/);
  assert.equal(
    html`<a title="${'"><script>'}">${['<', undefined, false, 0]}</a>`.text,
    '<a title="&quot;&gt;&lt;script&gt;">&lt;0</a>',
  );
});

test('reference: a page has neither inline script nor inline style nor anything of another host', () => {
  const page = servicePage(toReference('shop', { openapi: shop, asyncapi: undefined }, 'is away'), []).text;
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc="\/docs\/)|<style|\sstyle=|\son\w+=|javascript:/i);
  for (const [, address] of page.matchAll(/\s(?:href|src)="([^"]*)"/g))
    assert.match(address ?? '', /^(?:\/docs\/|#)/);
  const ids = Array.from(page.matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'every id is there once');
});

test('reference: what is not known of a service is not made up', () => {
  const page = servicePage(toReference('shop', undefined, 'is away'), []).text;
  assert.match(page, /shop is away\.</);
  assert.doesNotMatch(page, /before|undefined|OpenAPI/);
});

test('reference: every example for the committed contracts is taken by its schema', async () => {
  const documents = [...(await readContracts('openapi.json')), ...(await readContracts('asyncapi.json'))];
  let checked = 0;
  for (const document of documents) {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    const schemas = (document.components as Record<string, Json | undefined> | undefined)?.schemas ?? {};
    for (const name of Object.keys(schemas)) {
      const reference = { $ref: `document#/components/schemas/${name}` };
      const example = exampleOf({ $ref: `#/components/schemas/${name}` }, document);
      const validate = ajv.compile(reference);
      assert.equal(
        validate(example),
        true,
        `${name} ${JSON.stringify(example)} ${JSON.stringify(validate.errors)}`,
      );
      checked++;
    }
  }
  assert.ok(checked > 15, `${checked} schemas are named`);
});

test('reference: the script finds the address in an example that it puts the real one in place of', async () => {
  const script = await readFile(join(root, 'gateway', 'src', 'docs', 'asset', 'docs.js'), 'utf8');
  assert.ok(script.includes(`const writtenOrigin = '${originMark}';`));
});
