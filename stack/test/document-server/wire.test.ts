import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type Document, deserialize, Int32, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { type DocumentServer, startDocumentServer } from '../../src/servers/document-server/index.ts';

let server: DocumentServer;
const faults: unknown[] = [];
before(async () => {
  server = await startDocumentServer({ path: ':memory:', reportFault: (error) => faults.push(error) });
});
after(async () => {
  await server.close();
});

function header(length: number, opcode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(opcode, 12);
  return bytes;
}

function message(body: Document | Uint8Array, flags = 0): Buffer {
  const bytes = body instanceof Uint8Array ? body : serialize(body);
  const head = Buffer.alloc(5);
  head.writeUInt32LE(flags, 0);
  return Buffer.concat([header(21 + bytes.byteLength, 2013), head, bytes]);
}

/** Sends bytes; gives what came back until the first whole answer, or undefined when the connection ended. */
async function exchange(bytes: Buffer, slowly = false): Promise<Buffer | undefined> {
  const socket = connect(server.port, server.host);
  socket.on('error', () => undefined);
  const timer = AbortSignal.timeout(5000);
  if (slowly) for (const byte of bytes) socket.write(Buffer.of(byte));
  else socket.write(bytes);
  let answer = Buffer.alloc(0);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      assert.ok(!timer.aborted);
      answer = Buffer.concat([answer, chunk]);
      if (answer.byteLength >= 4 && answer.byteLength >= answer.readInt32LE(0)) return answer;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

test('wire: the old hello by OP_QUERY is answered by OP_REPLY', async () => {
  const body = serialize({ isMaster: new Int32(1), helloOk: true });
  const rest = Buffer.concat([Buffer.alloc(4), Buffer.from('admin.$cmd\0'), Buffer.alloc(8), body]);
  const answer = await exchange(Buffer.concat([header(16 + rest.byteLength, 2004), rest]));
  assert.ok(answer);
  assert.deepEqual([answer.readInt32LE(8), answer.readInt32LE(12), answer.readInt32LE(32)], [7, 1, 1]);
  const hello = deserialize(answer.subarray(36));
  assert.deepEqual([hello.ismaster, hello.helloOk, hello.ok], [true, true, 1]);
});

test('wire: a message that comes byte by byte is one message', async () => {
  const answer = await exchange(message({ ping: 1, $db: 'admin' }), true);
  assert.equal(answer === undefined ? undefined : deserialize(answer.subarray(21)).ok, 1);
});

test('wire: a checksum is allowed, commands in sections too', async () => {
  const withSum = Buffer.concat([message({ ping: 1, $db: 'admin' }, 1), Buffer.alloc(4)]);
  withSum.writeInt32LE(withSum.byteLength, 0);
  const answer = await exchange(withSum);
  assert.equal(answer === undefined ? undefined : deserialize(answer.subarray(21)).ok, 1);
  const document = serialize({ a: 1 });
  const sequence = Buffer.concat([Buffer.alloc(4), Buffer.from('documents\0'), document, document]);
  sequence.writeInt32LE(sequence.byteLength, 0);
  const insert = Buffer.concat([message({ insert: 'c', $db: 'sections' }), Buffer.of(1), sequence]);
  insert.writeInt32LE(insert.byteLength, 0);
  const inserted = await exchange(insert);
  assert.equal(inserted === undefined ? undefined : deserialize(inserted.subarray(21)).n, 2);
});

const deep = (levels: number): Document => (levels === 0 ? { a: 1 } : { a: deep(levels - 1) });
const cut = serialize({ ping: 1, $db: 'admin' });
const hostile: readonly (readonly [string, Buffer])[] = [
  ['a length below the header', header(3, 2013)],
  ['a length above the limit', header(0x7fffffff, 2013)],
  ['a negative length', header(-1, 2013)],
  ['an unknown opcode', header(16, 9999)],
  ['a compressed message', Buffer.concat([header(25, 2012), Buffer.alloc(9)])],
  ['no section', Buffer.concat([header(20, 2013), Buffer.alloc(4)])],
  ['a section cut short', message(cut.subarray(0, cut.byteLength - 3))],
  [
    'a document that says it is longer',
    message(Buffer.concat([Buffer.from([255, 0, 0, 0]), cut.subarray(4)])),
  ],
  ['an unknown section', Buffer.concat([header(26, 2013), Buffer.from([0, 0, 0, 0, 9, 5, 0, 0, 0, 0])])],
  ['an OP_QUERY that is no command', Buffer.concat([header(48, 2004), Buffer.alloc(32)])],
  ['a query without an end to its name', Buffer.concat([header(24, 2004), Buffer.from('aaaaaaaa')])],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n')],
  ['a body that is no BSON', message(Buffer.from([12, 0, 0, 0, 0x63, 65, 0, 1, 2, 3, 4, 0]))],
  ['a document nested 5000 deep', message({ insert: 'c', documents: [deep(5000)], $db: 'x' })],
];

for (const [name, bytes] of hostile) {
  test(`wire: ${name} costs that connection at most; the server goes on`, async () => {
    const answer = await exchange(bytes);
    const reply = answer === undefined ? { ok: 0 } : deserialize(answer.subarray(21));
    assert.ok(reply.ok !== 1 || reply.writeErrors.length === 1);
    const ping = await exchange(message({ ping: 1, $db: 'admin' }));
    assert.equal(ping === undefined ? undefined : deserialize(ping.subarray(21)).ok, 1);
  });
}

test('wire: random damage to good messages never ends the server, and is never its fault', async () => {
  const good = message({ find: 'c', filter: { a: { $gt: 1 } }, sort: { a: 1 }, $db: 'sections' });
  let state = 42;
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(good);
    for (let hit = 0; hit < 3; hit += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      bytes[16 + (state % (bytes.byteLength - 16))] = state >>> 24;
    }
    const socket = connect(server.port, server.host);
    socket.on('error', () => undefined);
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close', { signal: AbortSignal.timeout(5000) });
  }
  assert.deepEqual(faults, []);
  await using client = new MongoClient(server.url);
  assert.equal(await client.db('sections').collection('c').countDocuments(), 2);
});

test('commands: odd types in every place are refused, and are never the server’s fault', async () => {
  await using client = new MongoClient(server.url);
  const db = client.db('odd');
  await db.collection('c').insertOne({ a: 1 });
  const odd: unknown[] = [
    null,
    'x',
    -1,
    1e300,
    [],
    [[1]],
    {},
    { $gt: {} },
    { a: { $in: [{}] } },
    new Date(),
    true,
    { '': 1 },
    { 'a.': 1 },
    { $a: 1 },
    '$',
    '$$',
    [{ $match: 1 }],
    [{ $group: { _id: { $add: 'x' } } }],
  ];
  const commands: readonly ((value: unknown) => Document)[] = [
    (filter) => ({ find: 'c', filter }),
    (sort) => ({ find: 'c', sort }),
    (projection) => ({ find: 'c', projection }),
    (skip) => ({ find: 'c', skip, limit: skip, batchSize: skip }),
    (hint) => ({ find: 'c', hint }),
    (u) => ({ update: 'c', updates: [{ q: {}, u }] }),
    (value) => ({ update: 'c', updates: [{ q: {}, u: { $set: value, $push: value } }] }),
    (arrayFilters) => ({ update: 'c', updates: [{ q: {}, u: { $set: { 'a.$[x]': 1 } }, arrayFilters }] }),
    (deletes) => ({ delete: 'c', deletes }),
    (update) => ({ findAndModify: 'c', query: update, update }),
    (pipeline) => ({ aggregate: 'c', pipeline, cursor: {} }),
    (value) => ({
      aggregate: 'c',
      pipeline: [{ $project: { x: value } }, { $group: value }, { $lookup: value }],
      cursor: {},
    }),
    (value) => ({
      aggregate: 'c',
      pipeline: [{ $addFields: { x: { $map: value } } }, { $unwind: value }],
      cursor: value,
    }),
    (key) => ({ createIndexes: 'c', indexes: [{ key, name: 'n' }] }),
    (value) => ({ createIndexes: 'c', indexes: [{ key: { a: value }, name: value, weights: value }] }),
    (index) => ({ dropIndexes: 'c', index }),
    (key) => ({ distinct: 'c', key, query: key }),
    (query) => ({ count: 'c', query, limit: query }),
    (getMore) => ({ getMore, collection: 'c' }),
    (cursors) => ({ killCursors: 'c', cursors }),
    (explain) => ({ explain }),
    (name) => ({ create: name }),
    (value) => ({ find: value, maxTimeMS: value, readConcern: value }),
    (value) => ({ hello: value, $nothing: value }),
  ];
  for (const command of commands) {
    for (const value of odd) await db.command(command(value)).catch(() => undefined);
  }
  assert.deepEqual(faults, []);
});
