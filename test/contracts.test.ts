// What the running services say of themselves: valid by public validators, and the same as what is committed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import specification from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Json } from '../tools/contracts/compatibility/change.ts';
import { print, readRunning, root } from '../tools/contracts/documents.ts';
import { System } from './system.ts';

let system: System;
let documents: Map<string, Json>;
before(async () => {
  system = await System.open();
  documents = await readRunning(system);
});
after(() => system[Symbol.asyncDispose]());

const named = (name: string) => [...documents].filter(([path]) => path.endsWith(`/${name}`));

test('contracts: the OpenAPI document of every running service is valid OpenAPI 3.1', async () => {
  assert.ok(named('openapi.json').length >= 2);
  for (const [path, document] of named('openapi.json')) {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    assert.equal(valid, true, `${path}: ${JSON.stringify(errors)}`);
    assert.equal(validator.version, '3.1');
    assert.ok(validator.resolveRefs(), `${path}: every reference leads somewhere`);
  }
  assert.equal((await new Validator().validate({ openapi: '3.1.1', info: {}, paths: {} })).valid, false);
});

test('contracts: the AsyncAPI document of every running service is valid AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(specification);
  for (const [path, document] of named('asyncapi.json')) {
    assert.equal(validate(document), true, `${path}: ${JSON.stringify(validate.errors)}`);
  }
  assert.equal(validate({ asyncapi: '3.0.0' }), false);
});

test('contracts: what is committed is what the running services say', async () => {
  for (const [path, document] of documents) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => 'nothing');
    assert.equal(committed, print(document), `${path} is out of date: run \`npm run contracts\``);
  }
});

/** Fills the parameters of a path with values of the right form. */
const targetOf = (template: string) => {
  const values: Readonly<Record<string, string>> = { id: '0123456789abcdef01234567' };
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'NOTHING');
};

interface DescribedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Json>>;
}

/** Asks for every operation of these methods, and holds the answer against the document. */
async function judgeAnswers(methods: readonly string[], token: string | undefined): Promise<void> {
  const addresses: Readonly<Record<string, unknown>> = { ...(await system.addresses()) };
  for (const [path, document] of named('openapi.json')) {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(document, path);
    const at = String(addresses[path.split('/')[1] ?? '']);
    const paths = document.paths as Record<string, Record<string, DescribedOperation>>;
    for (const [template, item] of Object.entries(paths)) {
      for (const [method, { operationId, responses }] of Object.entries(item)) {
        if (!methods.includes(method)) continue;
        const asked = { at, ...(token === undefined ? {} : { token }) };
        const { status, text } = await system.ask(method.toUpperCase(), targetOf(template), asked);
        assert.doesNotMatch(text, /url not found/, operationId);
        const response = responses[status];
        assert.ok(response, `${operationId} answered ${status}, which its document does not name`);
        const own = `${path}#/paths/${template.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${status}`;
        const place = typeof response.$ref === 'string' ? `${path}${response.$ref}` : own;
        const validate = ajv.compile({ $ref: `${encodeURI(place)}/content/application~1json/schema` });
        assert.equal(
          validate(JSON.parse(text)),
          true,
          `${operationId}: ${text} ${JSON.stringify(validate.errors)}`,
        );
      }
    }
  }
}

test('contracts: every operation of a document is there, and answers as the document says', async () => {
  await judgeAnswers(['get', 'post', 'put', 'delete'], undefined);
});

test('contracts: what a reader with every role gets is as the documents say', async () => {
  const { accessToken } = await system.signIn();
  const body = {
    title: 'Title',
    description: 'Text',
    draftText: 'Text',
    slug: 'slug',
    imgUrl: '/i.png',
    tags: ['TAG'],
  };
  const { _id } = await system.data<{ _id: string }>('POST', '/blog/author', { token: accessToken, body });
  for (const step of ['author/submit', 'editor/publish']) {
    await system.data('PUT', `/blog/${step}/id/${_id}`, { token: accessToken });
  }
  await judgeAnswers(['get'], accessToken);
});
