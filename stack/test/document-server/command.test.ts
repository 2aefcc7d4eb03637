import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Document, Long, MongoClient, MongoServerError } from 'mongodb';
import { openTarget, refusalOf, type Target } from './target.ts';

let target: Target;
before(async () => {
  target = await openTarget();
});
after(async () => {
  await target[Symbol.asyncDispose]();
});

test('handshake: a standalone server that drivers can use', async () => {
  const hello = await target.db.admin().command({ hello: 1 });
  assert.equal(hello.isWritablePrimary, true);
  assert.ok(hello.maxWireVersion >= 21);
  assert.equal(hello.maxBsonObjectSize, 16 * 1024 * 1024);
  if (target.embedded) assert.equal(hello.setName, undefined);
  assert.equal((await target.db.command({ ping: 1 })).ok, 1);
  assert.match((await target.db.admin().buildInfo()).version, /^\d+\.\d+\.\d+/);
});

test('catalogue: collections and databases are made, listed and dropped', async () => {
  const other = target.client.db(`${target.db.databaseName}_b`);
  await other.createCollection('one');
  await other.collection('two').insertOne({ a: 1 });
  const names = (await other.listCollections().toArray()).map(({ name }) => name).sort();
  assert.deepEqual(names, ['one', 'two']);
  assert.deepEqual(
    (await other.listCollections({ name: 'two' }, { nameOnly: true }).toArray()).map(({ name }) => name),
    ['two'],
  );
  const databases = await other.admin().listDatabases({ nameOnly: true });
  assert.ok(databases.databases.some(({ name }) => name === other.databaseName));
  await other.dropCollection('two');
  assert.equal(await other.collection('two').countDocuments(), 0);
  assert.equal(await other.dropDatabase(), true);
  assert.deepEqual(await other.listCollections().toArray(), []);
});

test('commands: what there is not, and what is unknown in one that there is, is refused', async () => {
  assert.equal((await refusalOf(target.db.command({ nonsense: 1 }))).code, 59);
  assert.equal((await refusalOf(target.db.command({ find: 'x', nonsense: 1 }))).code, 40415);
  assert.equal((await refusalOf(target.db.command({ find: 1 }))).code, 73);
  assert.equal((await refusalOf(target.db.command({ insert: 'x', documents: [] }))).code, 16);
  assert.equal((await refusalOf(target.db.command({ listIndexes: 'nowhere' }))).code, 26);
});

test('cursors: batches, a limit, a kill, and one that is not there', async () => {
  const collection = target.collection();
  await collection.insertMany(Array.from({ length: 1000 }, (_, n) => ({ n })));
  assert.equal((await collection.find({}).batchSize(7).toArray()).length, 1000);
  assert.equal(
    (await collection.find({}).sort({ n: -1 }).skip(10).limit(300).batchSize(100).toArray()).length,
    300,
  );
  const first: Document = await target.db.command({ find: collection.collectionName, batchSize: 2 });
  assert.equal(first.cursor.firstBatch.length, 2);
  const more: Document = await target.db.command({
    getMore: first.cursor.id,
    collection: collection.collectionName,
    batchSize: 3,
  });
  assert.deepEqual(
    more.cursor.nextBatch.map(({ n }: Document) => n),
    [2, 3, 4],
  );
  const killed: Document = await target.db.command({
    killCursors: collection.collectionName,
    cursors: [first.cursor.id],
  });
  assert.equal(killed.cursorsKilled.length, 1);
  const gone = target.db.command({ getMore: first.cursor.id, collection: collection.collectionName });
  assert.equal((await refusalOf(gone)).code, 43);
});

test('cursors: one that stays open sees no document twice while others are written', async () => {
  const collection = target.collection();
  await collection.createIndex({ k: 1 });
  await collection.insertMany(Array.from({ length: 300 }, (_, n) => ({ n, k: n })));
  const seen: number[] = [];
  for await (const { n } of collection
    .find({ k: { $gte: 0 } })
    .sort({ k: 1 })
    .batchSize(20)) {
    seen.push(n);
    if (n % 50 === 0) await collection.insertOne({ n: 1000 + n, k: -1 });
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 300 }, (_, n) => n),
  );
});

const walks: readonly { name: string; sort: Document; filter: Document }[] = [
  { name: 'by _id', sort: { _id: 1 }, filter: {} },
  { name: 'by an index', sort: { k: 1 }, filter: { k: { $gte: 0 } } },
  { name: 'by an index on arrays', sort: {}, filter: { list: { $gte: 0 } } },
  { name: 'by a scan', sort: {}, filter: {} },
];

for (const { name, sort, filter } of walks) {
  test(`cursors: one that reads ${name} gives nothing deleted and no old version after its first batch`, async () => {
    const collection = target.collection();
    await collection.createIndexes([{ key: { k: 1 } }, { key: { list: 1 } }]);
    await collection.insertMany(
      Array.from({ length: 400 }, (_, n) => ({ _id: n as never, k: n, list: [n, n], version: 1 })),
    );
    const seen: Document[] = [];
    for await (const document of collection.find(filter).sort(sort).batchSize(10)) {
      seen.push(document);
      if (seen.length !== 5) continue;
      await collection.deleteMany({ _id: { $gte: 100 as never } });
      await collection.updateMany({}, { $set: { version: 2 } });
    }
    const ids = seen.map(({ _id }) => Number(_id));
    assert.deepEqual(
      ids,
      Array.from({ length: 100 }, (_, n) => n),
    );
    assert.deepEqual(
      seen.map(({ version }) => version),
      ids.map((n) => (n < 10 ? 1 : 2)),
    );
  });
}

test('cursors: one that goes down, and one that has not begun, follow what is written', async () => {
  const collection = target.collection();
  await collection.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n as never })));
  const down = collection.find().sort({ _id: -1 }).batchSize(10);
  const seen: number[] = [];
  for await (const { _id } of down) {
    seen.push(Number(_id));
    if (seen.length === 5) await collection.deleteMany({ _id: { $gte: 50 as never, $lt: 290 as never } });
  }
  assert.deepEqual(seen.slice(9, 12), [290, 49, 48]);
  assert.equal(seen.length, 60);
  const first: Document = await target.db.command({ find: collection.collectionName, batchSize: 0 });
  await collection.deleteMany({});
  const more: Document = await target.db.command({
    getMore: first.cursor.id,
    collection: collection.collectionName,
  });
  assert.deepEqual(more.cursor.nextBatch, []);
  const badly = { find: collection.collectionName, batchSize: 0, hint: 'nowhere' };
  assert.equal((await refusalOf(target.db.command(badly))).code, 2);
});

test('large documents: nearly 16 MiB are stored, batches of large ones arrive whole, more is refused', async () => {
  const collection = target.collection();
  await collection.insertOne({ n: 1, text: 'x'.repeat(15 * 1024 * 1024) });
  await collection.insertMany(
    Array.from({ length: 6 }, (_, n) => ({ n, text: 'y'.repeat(5 * 1024 * 1024) })),
  );
  const lengths = (await collection.find({}).toArray()).map(({ text }) => text.length);
  assert.equal(lengths.length, 7);
  const half = 'z'.repeat(9 * 1024 * 1024);
  await collection.insertOne({ n: 50, half });
  const refusal = await collection
    .updateOne({ n: 50 }, { $set: { other: half } })
    .catch((error: unknown) => error);
  assert.match(String(refusal), /size|BSON|large/i);
  assert.equal((await collection.findOne({ n: 50 }))?.other, undefined);
});

test('time limit: a query that takes longer is ended with MaxTimeMSExpired', async () => {
  const collection = target.collection();
  await collection.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n, text: `text ${n}` })));
  const slow = { $or: Array.from({ length: 50 }, (_, n) => ({ text: new RegExp(`(a|b)*c${n}`) })) };
  assert.equal((await refusalOf(collection.find(slow).maxTimeMS(1).toArray())).code, 50);
  assert.equal(await collection.countDocuments(), 20_000);
});

test('sessions: accepted; a transaction is refused as on a standalone server', async (t) => {
  const collection = target.collection();
  await target.client.withSession(async (session) => {
    await collection.insertOne({ a: 1 }, { session });
    assert.equal((await collection.find({}, { session }).toArray()).length, 1);
  });
  if (!target.embedded) return t.skip('the server given may be a replica set');
  const transaction = target.client.withSession((session) =>
    session.withTransaction(async () => await collection.insertOne({ a: 2 }, { session })),
  );
  await assert.rejects(transaction, MongoServerError);
  const numbered = target.db.command({ find: collection.collectionName, txnNumber: Long.fromNumber(1) });
  assert.equal((await refusalOf(numbered)).code, 20);
  assert.equal(await collection.countDocuments(), 1);
});

test('concerns: majority with journal is taken, more copies than there are is not', async (t) => {
  const collection = target.collection();
  const safe = {
    writeConcern: { w: 'majority' as const, journal: true },
    readConcern: { level: 'majority' as const },
  };
  await target.db.collection(collection.collectionName, safe).insertOne({ a: 1 });
  assert.equal(await target.db.collection(collection.collectionName, safe).countDocuments(), 1);
  if (!target.embedded) return t.skip('the server given may be a replica set');
  await assert.rejects(collection.insertOne({ a: 2 }, { writeConcern: { w: 3 } }));
  assert.equal(await collection.countDocuments(), 1);
});

test('unacknowledged writes are done without an answer', async () => {
  const collection = target.collection();
  await target.db.collection(collection.collectionName, { writeConcern: { w: 0 } }).insertOne({ a: 1 });
  const deadline = Date.now() + 5000;
  while ((await collection.countDocuments()) === 0) assert.ok(Date.now() < deadline);
});

test('refusals of the embedded server: sign-in, collations, scripts, other kinds of index and of collection', async (t) => {
  if (!target.embedded) return t.skip('a real MongoDB knows these');
  const { host, port } = target.client.options.hosts[0] ?? {};
  const signedIn = new MongoClient(`mongodb://user:secret@${host}:${port}/`, {
    serverSelectionTimeoutMS: 3000,
  });
  const refusal = await refusalOf(signedIn.connect());
  await signedIn.close();
  assert.equal(refusal.code, 18);
  const collection = target.collection();
  await collection.insertOne({ a: 'x' });
  const collation = { locale: 'en' };
  const refused: readonly (() => Promise<unknown>)[] = [
    () => collection.find({}, { collation }).toArray(),
    () => collection.find({ $where: 'true' }).toArray(),
    () => collection.find({ $jsonSchema: {} }).toArray(),
    () => collection.find({ a: { $regex: '[[:alpha:]]' } }).toArray(),
    () => collection.find({ a: { $near: [0, 0] } }).toArray(),
    () => collection.createIndex({ a: '2dsphere' }),
    () => collection.createIndex({ a: 'hashed' }),
    () => collection.createIndex({ '$**': 1 }),
    () => collection.createIndex({ a: 1 }, { collation }),
    () => collection.aggregate([{ $out: 'x' }]).toArray(),
    () => collection.find({}, { tailable: true }).toArray(),
    () => target.db.createCollection('capped', { capped: true, size: 4096 }),
    () => target.db.createCollection('checked', { validator: { a: 1 } }),
    () => target.db.command({ collMod: 'x' }),
  ];
  for (const attempt of refused)
    assert.equal(typeof (await refusalOf(attempt())).code, 'number', String(attempt));
  assert.equal(await collection.countDocuments(), 1);
});
