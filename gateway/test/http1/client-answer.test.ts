import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnswerHead, AnswerReader } from '../../src/http1/client-answer.ts';

interface Outcome {
  head: AnswerHead | undefined;
  body: string;
  /** How it came out. */
  end: 'whole' | 'refused' | 'waiting';
}

/** Reads `text` in pieces of this size, overwriting each once it was read, as a connection does. */
function readIn(text: string, pieceBytes: number, method: string, closed: boolean): Outcome {
  const outcome: Outcome = { head: undefined, body: '', end: 'waiting' };
  const chunks: Buffer[] = [];
  const reader = new AnswerReader({
    onHead(head) {
      assert.equal(outcome.head, undefined, 'one head');
      outcome.head = head;
    },
    onWhole: (body) => void chunks.push(Buffer.from(body, 'latin1')),
    onData: (chunk) => void chunks.push(chunk),
    onEnd() {
      outcome.end = 'whole';
    },
  });
  reader.expect(method);
  const bytes = Buffer.from(text, 'latin1');
  const shared = Buffer.alloc(bytes.length);
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const size = bytes.copy(shared, 0, at, at + pieceBytes);
      reader.read(shared.subarray(0, size));
    }
    if (closed) reader.end();
  } catch {
    outcome.end = 'refused';
  }
  outcome.body = Buffer.concat(chunks).toString('latin1');
  return outcome;
}

/** The same whether it comes at once, in threes or byte by byte. */
function read(text: string, { method = 'GET', closed = false } = {}): Outcome {
  const outcome = readIn(text, text.length, method, closed);
  for (const size of [3, 1]) {
    const other = readIn(text, size, method, closed);
    assert.equal(other.end, outcome.end, text);
    if (outcome.end === 'whole') assert.deepEqual(other, outcome, text);
  }
  return outcome;
}

const ok = 'HTTP/1.1 200 OK\r\n';

test('answer: whatever says where a body ends is understood', () => {
  const cases: [string, string, { method?: string; closed?: boolean }?][] = [
    [`${ok}content-length: 5\r\n\r\nhello`, 'hello'],
    [`${ok}Content-Length:0\r\n\r\n`, ''],
    [`${ok}transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nx-trailer: 1\r\n\r\n`, 'hello'],
    [`${ok}x: 1\r\n\r\nhello`, 'hello', { closed: true }],
    ['HTTP/1.0 200 OK\r\n\r\nhello', 'hello', { closed: true }],
    [`${ok}content-length: 5\r\n\r\n`, '', { method: 'HEAD' }],
    [`${ok}\r\n`, '', { method: 'HEAD' }],
    ['HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', ''],
    ['HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'],
    ['HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', 'ok'],
    [
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}content-length: 1\r\n\r\na`,
      'a',
    ],
  ];
  for (const [text, body, how] of cases) {
    const outcome = read(text, how);
    assert.deepEqual([outcome.end, outcome.body], ['whole', body], text);
  }
});

test('answer: what is no answer, or could be read in two ways, is refused', () => {
  for (const text of [
    'garbage\r\n\r\n',
    'HTTP/1.1 xyz OK\r\n\r\n',
    'HTTP/1.1 099 Low\r\n\r\n',
    'HTTP/1.1 600 High\r\n\r\n',
    'HTTP/1.1 2000 Long\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/2.0 200 OK\r\n\r\n',
    'http/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(17),
    `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab`,
    `${ok}content-length: 2, 2\r\n\r\nab`,
    `${ok}content-length: +2\r\n\r\nab`,
    `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${ok}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    `${ok}transfer-encoding: chunked\r\n\r\nzz\r\n`,
    `${ok}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`,
    `${ok}x : 1\r\n\r\n`,
    `${ok}x: 1\r\n 2\r\n\r\n`,
    `${ok}x: a\0b\r\n\r\n`,
    `${ok}x: a\rb\r\n\r\n`,
    'HTTP/1.1 200 OK\nx: 1\r\n\r\n',
    `${ok}x: ${'x'.repeat(17_000)}\r\n\r\n`,
  ]) {
    assert.equal(read(text).end, 'refused', JSON.stringify(text.slice(0, 80)));
  }
});

test('answer: bytes after it are refused, before anything is told of it where they came with it', () => {
  for (const [text, method] of [
    [`${ok}content-length: 2\r\n\r\nabc`, 'GET'],
    [`${ok}content-length: 0\r\n\r\n${ok}content-length: 0\r\n\r\n`, 'GET'],
    [`${ok}content-length: 3\r\n\r\nabc`, 'HEAD'],
    ['HTTP/1.1 204 No Content\r\n\r\nabc', 'GET'],
  ] as const) {
    const { end, head } = read(text, { method });
    assert.deepEqual([end, head], ['refused', undefined], text);
  }
  assert.equal(read(`${ok}transfer-encoding: chunked\r\n\r\n0\r\n\r\nx`).end, 'refused');
});

test('answer: one that has not come to its end is not whole, however its connection ends', () => {
  for (const text of [
    '',
    'HTTP/1.1 200 OK\r\ncontent',
    `${ok}content-length: 5\r\n\r\nhell`,
    `${ok}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`,
    'HTTP/1.1 100 Continue\r\n\r\n',
  ]) {
    assert.equal(read(text, { closed: true }).end, 'waiting', text);
  }
});

test('answer: names are told in lower case, in their order, and whether the connection ends with it', () => {
  const { head } = read(`${ok}B: 1\r\nSet-Cookie: x\r\nset-cookie: y\r\nContent-Length: 0\r\n\r\n`);
  assert.deepEqual(head?.fields.flat, [
    'b',
    '1',
    'set-cookie',
    'x',
    'set-cookie',
    'y',
    'content-length',
    '0',
  ]);
  const closing = (line: string, fields: string) =>
    read(`HTTP/${line} 200 OK\r\ncontent-length: 0\r\n${fields}\r\n`).head?.closing;
  assert.equal(closing('1.1', ''), false);
  assert.equal(closing('1.1', 'connection: Close\r\n'), true);
  assert.equal(closing('1.1', 'connection: x, close\r\n'), true);
  assert.equal(closing('1.0', ''), true);
  assert.equal(closing('1.0', 'connection: keep-alive\r\n'), false);
});
