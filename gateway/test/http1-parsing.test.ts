// What comes over a connection comes in pieces of any size: cut anywhere, it is read the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkedDecoder } from '../src/http1/chunked-decoder.ts';
import { ChunkExtensionsError, HeadTooLargeError, MalformedMessageError } from '../src/http1/errors.ts';
import { toFieldLines } from '../src/http1/field-lines.ts';
import { checkCharacters, Fields } from '../src/http1/fields.ts';
import { bodyLengthOf, chunked, hasOption, unsaid } from '../src/http1/framing.ts';
import { HeadReader } from '../src/http1/head-reader.ts';
import { parseRequestLine } from '../src/http1/request-line.ts';

/** Every way to cut bytes in two, and into single bytes. */
function cuts(bytes: Buffer): Buffer[][] {
  const halves = Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  return [[bytes], single, ...halves].map((pieces) => pieces.filter((piece) => piece.length > 0));
}

test('head: cut anywhere it is the same, and what follows is left', () => {
  const head = 'GET /x HTTP/1.1\r\nhost: g\r\n\r\n';
  for (const pieces of cuts(Buffer.from(`${head}rest`))) {
    const reader = new HeadReader(1_000);
    let text: string | undefined;
    let rest = '';
    for (const piece of pieces) {
      if (text !== undefined) rest += piece.toString();
      else {
        text = reader.read(piece.toString());
        if (text !== undefined) rest += piece.subarray(reader.consumed).toString();
      }
    }
    assert.equal(text, head.slice(0, -2));
    assert.equal(rest, 'rest');
    assert.equal(reader.begun, false);
  }
});

test('head: as long as it may be it is read, one byte more is too large, ended or not', () => {
  const exact = `${'x'.repeat(96)}\r\n\r\n`;
  assert.equal(new HeadReader(100).read(exact)?.length, 98);
  assert.throws(() => new HeadReader(99).read(exact), HeadTooLargeError);
  assert.throws(() => new HeadReader(100).read('x'.repeat(100)), HeadTooLargeError);
  const dripped = new HeadReader(100);
  assert.throws(() => {
    for (;;) dripped.read('x');
  }, HeadTooLargeError);
});

test('head: a line that ends in LF alone is refused before any blank line', () => {
  for (const pieces of cuts(Buffer.from('GET / HTTP/1.1\nhost: g\n\n'))) {
    const reader = new HeadReader(1_000);
    assert.throws(() => {
      for (const piece of pieces) reader.read(piece.toString());
    }, MalformedMessageError);
  }
});

test('fields: names in lower case, values without blanks around them, all kept in order', () => {
  const head = 'Host: g\r\nX-A:1\r\nx-a: \t 2 \t\r\nx-empty:\r\nx-latin: caf\xe9\r\n';
  const fields = new Fields(head, 0);
  assert.deepEqual(fields.flat, ['host', 'g', 'x-a', '1', 'x-a', '2', 'x-empty', '', 'x-latin', 'caf\xe9']);
  assert.equal(fields.value('x-a'), '1, 2');
  assert.equal(fields.value('x-b'), undefined);
});

test('fields: what is no name, no colon, folded or a control character is refused', () => {
  for (const line of ['x', ': a', 'x : a', ' x: a', 'x\ty: a', 'caf\xe9: a', '(x): a', 'x a'])
    assert.throws(() => new Fields(`${line}\r\n`, 0), MalformedMessageError, line);
  assert.throws(() => new Fields('x: a\r\n b\r\n', 0), MalformedMessageError);
  for (const text of ['x: a\0b\r\n', 'x: a\rb\r\n', 'x: a\nb\r\n', 'x: a\x7f\r\n', 'x: a\x0b\r\n'])
    assert.throws(() => checkCharacters(text), MalformedMessageError, JSON.stringify(text));
  checkCharacters('x: a\tb \xff\r\n');
});

test('fields: lines go on as they came, but for those that are left out, wherever they stand', () => {
  const head = 'GET / HTTP/1.1\r\nA: 1\r\nb:2\r\nC: 3 \r\nd: 4\r\n';
  const without = (...names: string[]) =>
    new Fields(head, head.indexOf('A')).linesWithout((name) => names.includes(name));
  assert.equal(without(), 'A: 1\r\nb:2\r\nC: 3 \r\nd: 4\r\n');
  assert.equal(without('a'), 'b:2\r\nC: 3 \r\nd: 4\r\n');
  assert.equal(without('b', 'c'), 'A: 1\r\nd: 4\r\n');
  assert.equal(without('a', 'c', 'd'), 'b:2\r\n');
  assert.equal(without('a', 'b', 'c', 'd'), '');
  assert.equal(
    new Fields('GET / HTTP/1.1\r\n', 16).linesWithout(() => false),
    '',
  );
});

const lengthIn = (fields: readonly string[]) => bodyLengthOf(new Fields(toFieldLines(fields), 0));

test('length: one way to say it, or none', () => {
  assert.equal(lengthIn(['host', 'g']), unsaid);
  assert.equal(lengthIn(['content-length', '0']), 0);
  assert.equal(lengthIn(['content-length', '1048576']), 1_048_576);
  assert.equal(lengthIn(['transfer-encoding', 'Chunked']), chunked);
  for (const fields of [
    ['content-length', ''],
    ['content-length', '+1'],
    ['content-length', '1, 1'],
    ['content-length', '9'.repeat(16)],
    ['content-length', '1', 'content-length', '1'],
    ['content-length', '1', 'transfer-encoding', 'chunked'],
    ['transfer-encoding', 'chunked', 'transfer-encoding', 'chunked'],
    ['transfer-encoding', 'gzip, chunked'],
    ['transfer-encoding', ''],
  ]) {
    assert.throws(() => lengthIn(fields), MalformedMessageError, fields.join());
  }
});

test('connection: an option is found alone or in a list, in any case, never as a part of another', () => {
  for (const value of ['close', 'Close', 'x, close', 'keep-alive , CLOSE'])
    assert.equal(hasOption(value, 'close'), true, value);
  for (const value of [undefined, '', 'closed', 'not-close', 'x'])
    assert.equal(hasOption(value, 'close'), false, value);
});

test('first line: method, target and version of a known form', () => {
  const { method, target, minorVersion, end } = parseRequestLine('POST /a?b HTTP/1.0\r\nhost: g\r\n');
  assert.deepEqual([method, target, minorVersion, end], ['POST', '/a?b', 0, 20]);
  for (const line of [
    'GET / HTTP/2.0',
    'GET / http/1.1',
    'get / HTTP/1.1',
    'GET /a b HTTP/1.1',
    'GET  / HTTP/1.1',
    'GET / HTTP/1.1 ',
    'GET /caf\xe9 HTTP/1.1',
    'GET /\t HTTP/1.1',
    'GET /',
    'GET',
    '',
  ]) {
    assert.throws(() => parseRequestLine(`${line}\r\n`), MalformedMessageError, JSON.stringify(line));
  }
});

test('chunks: cut anywhere they are the same, and what follows is left', () => {
  const body = '4\r\nabcd\r\n00A;ext="x y"\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n';
  for (const pieces of cuts(Buffer.from(`${body}rest`))) {
    const decoder = new ChunkedDecoder();
    let content = '';
    let rest = '';
    for (const piece of pieces) {
      const used = decoder.decode(piece, (part) => {
        content += part.toString();
      });
      rest += piece.subarray(used).toString();
    }
    assert.equal(decoder.done, true);
    assert.equal(content, 'abcd0123456789');
    assert.equal(rest, 'rest');
  }
});

test('chunks: what two readers could cut differently is refused, wherever it is cut', () => {
  for (const body of [
    'zz\r\n',
    '\r\n',
    '-1\r\n',
    '0x4\r\n',
    ' 4\r\nabcd\r\n',
    '4 \r\nabcd\r\n',
    '4\nabcd\r\n',
    '4\r\nabcd\n0\r\n\r\n',
    '4\r\nabcdX\r\n',
    '4;a\0b\r\nabcd\r\n',
    '4;a\nabcd\r\n',
    '0\r\n\n',
    '0\r\nx: a\n\r\n',
    '0\r\nx: a\0\r\n\r\n',
    `${'f'.repeat(14)}\r\n`,
  ]) {
    for (const pieces of cuts(Buffer.from(body))) {
      const decoder = new ChunkedDecoder();
      assert.throws(
        () => {
          for (const piece of pieces) decoder.decode(piece, () => undefined);
        },
        MalformedMessageError,
        JSON.stringify(body),
      );
    }
  }
});

test('chunks: extensions and trailers end somewhere', () => {
  const decoder = new ChunkedDecoder();
  assert.throws(() => {
    for (;;) decoder.decode(Buffer.from(`1;${'x'.repeat(1_000)}\r\na\r\n`), () => undefined);
  }, ChunkExtensionsError);
  const trailers = new ChunkedDecoder();
  trailers.decode(Buffer.from('0\r\n'), () => undefined);
  assert.throws(() => {
    for (;;) trailers.decode(Buffer.from(`x: ${'x'.repeat(1_000)}\r\n`), () => undefined);
  }, MalformedMessageError);
});
