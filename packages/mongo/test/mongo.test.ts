import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort, type Server, startMongo } from '@tsmicro/stack';
import { MongoTimeoutError, MongoUnavailableError, openMongo } from '../src/index.ts';

let server: Server;

before(async () => {
  server = await startMongo();
});

after(() => server[Symbol.asyncDispose]());

const isFault = (error: unknown) =>
  error instanceof MongoTimeoutError || error instanceof MongoUnavailableError;

test('open waits for a server that starts later', async () => {
  await server.stop();
  const waiting = Promise.withResolvers<string>();
  const logger = { info: () => {}, warn: (_: object, message: string) => waiting.resolve(message) };
  const opening = openMongo({
    url: server.url,
    database: 'fault',
    logger,
    signal: AbortSignal.timeout(15_000),
  });
  assert.equal(await waiting.promise, `waiting for MongoDB at ${server.host}:${server.port}`);
  await server.start();
  const startedAt = performance.now();
  await using late = await opening;
  assert.ok(performance.now() - startedAt < 3000);
  await late.ping();
});

test('open: the signal ends the wait, and nothing shows the password', async () => {
  const url = `mongodb://user:hush-hush@127.0.0.1:${await findPort()}/x`;
  const lines: string[] = [];
  const note = (fields: object, message: string) => lines.push(message + JSON.stringify(fields));
  const signal = AbortSignal.timeout(1500);
  await assert.rejects(openMongo({ url, signal, logger: { info: note, warn: note } }));
  assert.ok(lines.length > 0);
  assert.doesNotMatch(lines.join(), /hush-hush/);
  for (const wrong of [
    'postgres://user:hush-hush@host/x',
    'mongodb://user:hush-hush@',
    'mongodb://a:hush-hush@h:port/x',
  ]) {
    await assert.rejects(openMongo({ url: wrong }), (error) => {
      assert.ok(error instanceof TypeError && error.cause === undefined);
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /hush-hush/);
      return true;
    });
  }
});

test('close: may be called twice, and ends within its time although the server hangs', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  const other = await openMongo({ url: server.url, database: 'fault', signal: AbortSignal.timeout(5000) });
  const pending = assert.rejects(
    (async () => {
      server.pause();
      await other.run('findOne', (limit) => other.collection('notes').findOne({}, limit));
    })(),
    isFault,
  );
  const closing = async () => {
    const startedAt = performance.now();
    await Promise.all([other.close(), other.close()]);
    return performance.now() - startedAt;
  };
  try {
    assert.ok((await closing()) < 2500);
    await pending;
    const deadline = performance.now() + 1000;
    while (sockets() > before) {
      assert.ok(performance.now() < deadline, `${sockets() - before} sockets left`);
      await sleep(5);
    }
  } finally {
    server.resume();
  }
  await assert.rejects(other.ping(), isFault);
});
