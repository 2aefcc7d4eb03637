import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { type Server, startMongo } from '@tsmicro/stack';
import { createQueryBuilder, type Mongo, openMongo, type QueryBuilder } from '../src/index.ts';

let server: Server;
let mongo: Mongo;
let notes: QueryBuilder<{ text: string }>;

before(async () => {
  server = await startMongo();
  mongo = await openMongo({ url: server.url, database: 'health', maxPoolSize: 3 });
  notes = createQueryBuilder(mongo, 'notes');
});

after(async () => {
  await mongo.close();
  await server[Symbol.asyncDispose]();
});

async function untilState(state: 'up' | 'down'): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (mongo.health.state !== state) {
    assert.ok(performance.now() < deadline, `not ${state} within 5 s`);
    await sleep(10);
  }
}

test('operations: each is told of by its kind, with its duration and its error', async () => {
  const told: Operation[] = [];
  const end = new OperationChannel<Operation>('mongo').subscribe({
    onEnd: (operation) => told.push(operation),
  });
  await notes.insertOne({ text: 'a' });
  await notes.findOne({ text: 'a' });
  await assert.rejects(notes.aggregate([{ $nonsense: 1 }]));
  end();
  await notes.findOne({ text: 'a' });
  assert.deepEqual(
    told.map(({ name, error }) => [name, error !== undefined]),
    [
      ['insertOne', false],
      ['findOne', false],
      ['aggregate', true],
    ],
  );
  assert.ok(told.every(({ durationMs }) => durationMs !== undefined && durationMs > 0 && durationMs < 2_000));
});

test('pool: counts the connections, and those without work', async () => {
  await Promise.all(Array.from({ length: 12 }, () => notes.findOne({})));
  const { size, idle, waiting } = mongo.pool;
  assert.ok(size >= 1 && size <= 3, `${size} connections`);
  assert.deepEqual([idle, waiting], [size, 0]);
});

test('health: a server that dies or hangs is down without being asked, and up when it is back', async () => {
  await untilState('up');
  const { since, name } = mongo.health;
  assert.equal(name, 'MongoDB');
  await server.kill();
  await untilState('down');
  assert.ok(mongo.health.since > since);
  await server.start();
  await untilState('up');
  server.pause();
  try {
    await untilState('down');
  } finally {
    server.resume();
  }
  await untilState('up');
});
