import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorToJson, jsonToMsg, msgToJson } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import { Answer, Question } from './desk.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('message: data and error are the only forms', () => {
  assert.equal(msgToJson(Question, { value: 'a "b" <c>' }), '{"data":{"value":"a \\"b\\" <c>"}}');
  assert.equal(errorToJson(new ApiError(403, 'permission denied')), '{"error":"403:permission denied"}');
});

test('message: what Go escapes is read as the text it means', () => {
  assert.deepEqual(jsonToMsg(Question, bytes('{"data":{"value":"\\u003ca\\u003e \\u0026 b\\u2028"}}')), {
    value: '<a> & b\u2028',
  });
});

test('message: null is absent, unknown fields are dropped', () => {
  assert.deepEqual(jsonToMsg(Answer, bytes('{"data":{"value":"x","seconds":null,"more":1},"error":null}')), {
    value: 'x',
  });
});

test('message: a carried error is thrown as it was', () => {
  assert.throws(() => jsonToMsg(Question, bytes('{"error":"401:token: expired"}')), {
    name: 'ApiError',
    status: 401,
    message: 'token: expired',
  });
});

test('message: an error without a status is a fault of the peer, its words kept out of the answer', () => {
  for (const text of ['boom', '200:fine', '99:x', ':', '']) {
    assert.throws(() => jsonToMsg(Question, bytes(JSON.stringify({ error: text }))), {
      status: 500,
      message: 'something went wrong',
    });
  }
});
