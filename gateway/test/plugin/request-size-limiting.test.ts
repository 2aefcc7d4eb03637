import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendRaw } from '../raw-client.ts';
import { complaintsOf, openBlog } from './declared-blog.ts';

const sized = (config: object) => [{ name: 'request-size-limiting', config }];

const post = (head: string, body = '') => `POST /blog/x HTTP/1.1\r\nhost: g\r\n${head}\r\n\r\n${body}`;

async function openSized(t: Parameters<typeof openBlog>[0], config: object) {
  const { gateway, blog } = await openBlog(t, sized(config));
  const port = Number(new URL(gateway.address).port);
  return { blog, send: (head: string, body?: string) => sendRaw(port, post(head, body)) };
}

test('size limiting: a body of the limit passes, and a byte more is 413, declared or in chunks', async (t) => {
  const { blog, send } = await openSized(t, { allowed_payload_size: 10, size_unit: 'bytes' });
  assert.equal((await send('content-length: 10', '0123456789')).status, 200);
  assert.equal((await send('transfer-encoding: chunked', 'a\r\n0123456789\r\n0\r\n\r\n')).status, 200);
  const long = await send('content-length: 11', '0123456789a');
  assert.deepEqual([long.status, long.json?.message], [413, 'body is too large']);
  const chunked = await send('transfer-encoding: chunked', 'b\r\n0123456789a\r\n0\r\n\r\n');
  assert.deepEqual([chunked.status, chunked.json?.message], [413, 'body is too large']);
  assert.equal(blog.seen.length, 2);
});

test('size limiting: who asks first hears the refusal instead of "100 Continue"', async (t) => {
  const { blog, send } = await openSized(t, { allowed_payload_size: 1, size_unit: 'kilobytes' });
  const { status, json } = await send('content-length: 1025\r\nexpect: 100-continue');
  assert.deepEqual([status, json?.message], [413, 'body is too large']);
  assert.equal(blog.seen.length, 0);
});

test('size limiting: it takes the place of the usual bound of 1 MiB, in megabytes unless it says otherwise', async (t) => {
  const { send } = await openSized(t, { allowed_payload_size: 2 });
  const body = 'x'.repeat(2 * 1024 * 1024);
  assert.equal((await send(`content-length: ${body.length}`, body)).status, 200);
  assert.equal((await send(`content-length: ${body.length + 1}`, `${body}x`)).status, 413);
});

test('size limiting: where a length is required, a request without one is 411', async (t) => {
  const { blog, send } = await openSized(t, { require_content_length: true });
  const { status, json } = await send('transfer-encoding: chunked', '1\r\nx\r\n0\r\n\r\n');
  assert.deepEqual([status, json?.message], [411, 'a valid Content-Length header is required']);
  assert.equal((await send('accept: */*')).status, 411);
  assert.equal((await send('content-length: 0')).status, 200);
  assert.equal(blog.seen.length, 1);
});

test('size limiting: a size that is none is a complaint', () => {
  const said = (config: object) => complaintsOf('request-size-limiting', config).join();
  assert.equal(said({}), '');
  assert.match(said({ allowed_payload_size: -1 }), /^allowed_payload_size must be a whole number from 0/);
  assert.match(said({ size_unit: 'gigabytes' }), /^size_unit must be one of megabytes, kilobytes, bytes$/);
});
