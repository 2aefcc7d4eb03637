// Golden vectors: each message of the contract as Go's encoding/json writes it (fields in the order of the struct, empty
// optional ones left out, a nil slice as null, and <, >, & and U+2028 escaped), and as it is written here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorToJson, jsonToMsg, msgToJson } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { authentication, authorization, profileUser } from '../src/index.ts';

interface Vector<S extends TSchema> {
  schema: S;
  go: string;
  value: Static<S>;
  /** What is written here, where it is not what Go writes. */
  ours?: string;
}

const vector = <S extends TSchema>(entry: Vector<S>) => entry as unknown as Vector<TSchema>;

const id = '2f6e1c1e-8f0e-4d38-9c0a-7a4f3f0d7b11';
const ann = { id, name: 'Ann', email: 'ann@example.com' };
const annInGo = `{"id":"${id}","name":"Ann","email":"ann@example.com"}`;

const vectors = [
  vector({
    schema: authentication.request,
    go: '{"data":{"value":"Bearer aaa.bbb.ccc"}}',
    value: { value: 'Bearer aaa.bbb.ccc' },
  }),
  vector({ schema: authentication.reply, go: `{"data":${annInGo}}`, value: ann }),
  vector({
    schema: authentication.reply,
    go: `{"data":{"id":"${id}","name":"\\u003cAnn \\u0026 Bob\\u003e\\u2028é🌍","email":"ann@example.com","profilePicUrl":"https://a.b/c?d=1\\u0026e=2"}}`,
    value: { ...ann, name: '<Ann & Bob>\u2028é🌍', profilePicUrl: 'https://a.b/c?d=1&e=2' },
    ours: `{"data":{"id":"${id}","name":"<Ann & Bob>\u2028é🌍","email":"ann@example.com","profilePicUrl":"https://a.b/c?d=1&e=2"}}`,
  }),
  vector({
    schema: authorization.request,
    go: `{"data":{"user":${annInGo},"roles":["AUTHOR","EDITOR"]}}`,
    value: { user: ann, roles: ['AUTHOR', 'EDITOR'] },
  }),
  vector({
    schema: authorization.request,
    go: `{"data":{"user":${annInGo},"roles":null}}`,
    value: { user: ann, roles: [] },
    ours: `{"data":{"user":${annInGo},"roles":[]}}`,
  }),
  vector({ schema: authorization.reply, go: `{"data":${annInGo}}`, value: ann }),
  vector({ schema: profileUser.request, go: `{"data":{"value":"${id}"}}`, value: { value: id } }),
  vector({ schema: profileUser.reply, go: `{"data":${annInGo}}`, value: ann }),
];

test('wire: what Go writes is read as what it means', () => {
  for (const { schema, go, value } of vectors) {
    assert.deepEqual(jsonToMsg(schema, new TextEncoder().encode(go)), value);
  }
});

test('wire: what is written here is what Go writes, but for escapes and nil, which Go reads alike', () => {
  for (const { schema, go, value, ours = go } of vectors) assert.equal(msgToJson(schema, value), ours);
});

test('wire: an error is read and written as Go does', () => {
  const go = '{"error":"401:permission denied: invalid access token"}';
  const error = new ApiError(401, 'permission denied: invalid access token');
  assert.equal(errorToJson(error), go);
  assert.throws(() => jsonToMsg(profileUser.reply, new TextEncoder().encode(go)), {
    name: 'ApiError',
    status: 401,
    message: error.message,
  });
});
