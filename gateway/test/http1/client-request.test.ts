import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { UnsendableError } from '../../src/http1/client-errors.ts';
import { type RequestParts, toClientRequest } from '../../src/http1/client-request.ts';
import { toFieldLines } from '../../src/http1/field-lines.ts';

const lines = toFieldLines(['accept', '*/*', 'x-name', 'caf\xe9']);
const parts: RequestParts = { method: 'GET', path: '/x?a=b', lines };

test('request: the head says host, connection, its fields and the length of what follows', () => {
  const start = 'GET /x?a=b HTTP/1.1\r\nhost: blog:8000\r\nconnection: keep-alive\r\n';
  const rest = 'accept: */*\r\nx-name: caf\xe9\r\n\r\n';
  assert.equal(toClientRequest(parts, 'blog:8000').head, start + rest);
  const endOf = (more: Partial<RequestParts>) =>
    toClientRequest({ ...parts, ...more }, 'h')
      .head.split('\r\n')
      .at(-3);
  const none = 'x-name: caf\xe9';
  assert.equal(endOf({ method: 'POST' }), 'content-length: 0');
  assert.equal(endOf({ method: 'DELETE' }), none);
  assert.equal(endOf({ body: Buffer.alloc(0) }), none);
  assert.equal(endOf({ method: 'PUT', body: Buffer.from('ab') }), 'content-length: 2');
  assert.equal(endOf({ method: 'PUT', body: Readable.from([]) }), 'transfer-encoding: chunked');
  assert.equal(endOf({ method: 'PUT', body: Readable.from([]), bodyLength: 7 }), 'content-length: 7');
});

test('request: what would end a line, or is not one byte, is never sent', () => {
  // Written as one byte, U+010A and U+010D are LF and CR.
  for (const bad of ['\r', '\n', '\0', '\u010a', '\u010d', '\x7f']) {
    assert.throws(() => toClientRequest({ ...parts, path: `/x${bad}y` }, 'h'), UnsendableError);
    assert.throws(() => toClientRequest(parts, `h${bad}`), UnsendableError);
    for (const fields of [
      [`x${bad}`, '1'],
      ['x', `1${bad}`],
    ]) {
      assert.throws(() => toFieldLines(fields), UnsendableError);
    }
  }
  assert.throws(() => toClientRequest({ ...parts, path: '/x y' }, 'h'), UnsendableError);
  for (const name of ['x:', '', 'x y']) assert.throws(() => toFieldLines([name, '1']), UnsendableError);
});
