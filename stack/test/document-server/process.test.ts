import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Collection, type Document, MongoClient } from 'mongodb';

const main = fileURLToPath(new URL('../../src/servers/document-server/main.ts', import.meta.url));
const kills = Number(process.env.KILLS ?? 5);

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'document-server-'));
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
});

interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  readonly client: MongoClient;
}

async function start(path: string, port = 0): Promise<Running> {
  const child = spawn(process.execPath, [main, '--port', String(port), '--path', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(10_000) });
  const ready: { ready: boolean; url: string; port: number; pid: number } = JSON.parse(String(line));
  assert.deepEqual([ready.ready, ready.pid], [true, child.pid]);
  const client = new MongoClient(ready.url, { serverSelectionTimeoutMS: 3000 });
  const dispose = async (): Promise<void> => {
    await client.close();
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { child, port: ready.port, client, [Symbol.asyncDispose]: dispose };
}

test(`durability: of ${kills} kills -9 under load no acknowledged write is lost, and indexes agree with documents`, async () => {
  const path = join(directory, 'killed.db');
  const acknowledged = new Map<number, number>();
  const removed = new Set<number>();
  let next = 0;
  let port = 0;
  for (let round = 0; round < kills; round += 1) {
    await using server = await start(path, port);
    port = server.port;
    const collection = server.client.db('d').collection('c');
    await collection.createIndex({ n: 1 }, { unique: true });
    await collection.createIndex({ text: 'text' });
    await checkAll(collection, acknowledged, removed);
    const goal = acknowledged.size + 150 + round * 37;
    const write = async (): Promise<void> => {
      for (;;) {
        const n = next++;
        await collection.insertOne({ n, v: 0, tags: ['x', `t${n % 7}`], text: `word${n}` });
        acknowledged.set(n, 0);
        await collection.updateOne({ n }, { $set: { v: 1, text: `term${n}` } });
        acknowledged.set(n, 1);
        if (n % 5 === 0) {
          removed.add(n);
          acknowledged.delete(n);
          await collection.deleteOne({ n });
        }
        if (acknowledged.size >= goal) server.child.kill('SIGKILL');
      }
    };
    await Promise.allSettled(Array.from({ length: 10 }, write));
  }
  await using server = await start(path, port);
  await checkAll(server.client.db('d').collection('c'), acknowledged, removed);
  assert.ok(acknowledged.size >= 150 * kills);
});

async function checkAll(
  collection: Collection<Document>,
  acknowledged: ReadonlyMap<number, number>,
  removed: ReadonlySet<number>,
): Promise<void> {
  const stored = new Map((await collection.find({}).toArray()).map(({ n, v, text }) => [n, { v, text }]));
  for (const [n, v] of acknowledged)
    assert.ok((stored.get(n)?.v ?? -1) >= v, `document ${n} was acknowledged with ${v}`);
  const unexpected = [...removed].filter((n) => stored.has(n));
  // A delete that was under way at the kill may or may not have been done.
  assert.ok(unexpected.length <= 10 * kills);
  const byIndex = await collection
    .find({ n: { $gte: 0 } })
    .hint('n_1')
    .toArray();
  assert.equal(byIndex.length, stored.size);
  for (const [n, { text }] of [...stored].slice(-50)) {
    const found = await collection.find({ $text: { $search: text } }).toArray();
    assert.deepEqual(
      found.map((document) => document.n),
      [n],
    );
  }
}

test('stopping: SIGTERM answers what is running, closes the file and ends with 0; the data is there again', async () => {
  const path = join(directory, 'stopped.db');
  await using first = await start(path);
  const collection = first.client.db('d').collection('c');
  await collection.insertMany(Array.from({ length: 100 }, (_, n) => ({ n })));
  first.child.kill('SIGTERM');
  const [code] = await once(first.child, 'exit', { signal: AbortSignal.timeout(5000) });
  assert.equal(code, 0);
  await using second = await start(path, first.port);
  assert.equal(await second.client.db('d').collection('c').countDocuments(), 100);
});

test('start: a busy port, a file in use and missing arguments end with a message', async () => {
  const path = join(directory, 'used.db');
  await using server = await start(path);
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const address = blocker.address();
  const busy = typeof address === 'object' && address !== null ? address.port : 0;
  const failures = await Promise.all([
    failureOf(['--port', String(busy), '--path', join(directory, 'other.db')]),
    failureOf(['--port', '0', '--path', path]),
    failureOf(['--port', '0']),
  ]);
  blocker.close();
  assert.deepEqual(
    failures.map(({ code }) => code),
    [1, 1, 2],
  );
  assert.match(failures[0].message, /EADDRINUSE/);
  assert.match(failures[1].message, /locked/);
  assert.match(failures[2].message, /usage/);
  assert.equal((await server.client.db('d').command({ ping: 1 })).ok, 1);
});

async function failureOf(args: readonly string[]): Promise<{ code: number; message: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    message += chunk.toString();
  });
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(15_000) });
  return { code: Number(code), message };
}
