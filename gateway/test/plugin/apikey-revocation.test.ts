// What the gateway does when it hears of revoked keys: the module of the product behind its own server, and somebody who
// tells it.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { listen } from '@tsmicro/network';
import { pino } from 'pino';
import { request } from 'undici';
import type { Revocations } from '../../src/apikey/revocations.ts';
import { parseDeclaration } from '../../src/declaration/declaration.ts';
import { HttpServer } from '../../src/http1/server.ts';
import { createGatewayModule, pluginKinds } from '../../src/module.ts';
import { noPeers } from '../../src/proxy/trusted-peers.ts';
import { parseHostMap } from '../../src/upstream/host-map.ts';
import { InstanceBook } from '../../src/upstream/instance-book.ts';
import { echo, knownKey, openUpstream, sendJson, type Upstream, until, verifyKey } from '../fixture.ts';
import { blogDeclaration } from './declared-blog.ts';

const logger = pino({ level: 'silent' });
const sha256 = hash('sha256', knownKey, 'hex');

function declare(negativeTtlSec: number) {
  const config = {
    verification_urls: ['http://auth:8000/verify/apikey'],
    cache_ttl_sec: 3_600,
    negative_ttl_sec: negativeTtlSec,
  };
  const yaml = blogDeclaration([{ name: 'apikey-auth-plugin', config }]);
  return parseDeclaration(yaml, 'kong.yml', pluginKinds);
}

function createModule(hostMap = '') {
  return createGatewayModule(declare(60), {
    hostMap: parseHostMap(hostMap),
    instances: new InstanceBook(),
    logger,
    docs: false,
    rateLimit: false,
    clientPerMin: 0,
    peers: noPeers,
  });
}

interface Stage {
  readonly auth: Upstream;
  readonly revocations: Revocations;
  /** Asks with a key, by default the one that auth knows in the beginning; gives the status. */
  ask(key?: string): Promise<number>;
}

async function openStage(t: TestContext): Promise<Stage> {
  const auth = await openUpstream(verifyKey);
  const blog = await openUpstream(echo);
  const module = createModule(`auth:8000=127.0.0.1:${auth.port},blog:8000=127.0.0.1:${blog.port}`);
  const http = new HttpServer(module.listener, module.refusals);
  const address = await listen(http.server, { host: '127.0.0.1', port: 0 }, logger);
  t.after(async () => {
    await http.close({ lingerMs: 0, deadlineMs: 1_000 });
    await module.close();
    await Promise.all([auth.close(), blog.close()]);
  });
  return {
    auth,
    revocations: module.revocations,
    async ask(key = knownKey) {
      const answer = await request(`${address}/blog/x`, { headers: { 'x-api-key': key } });
      await answer.body.dump();
      return answer.statusCode;
    },
  };
}

test('revocation: a known key that is revoked is refused at its next request', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  assert.deepEqual([await ask(), await ask()], [200, 200]);
  assert.equal(auth.seen.length, 1);
  auth.listener = (_request, response) => sendJson(response, 403, {});
  assert.equal(await ask(), 200);
  revocations.revoke(sha256);
  assert.equal(await ask(), 403);
});

test('revocation: a revoked key does not go on while nobody can be asked', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  await ask();
  auth.listener = (incoming) => incoming.socket.destroy();
  revocations.missed();
  assert.equal(await ask(), 200);
  revocations.revoke(sha256);
  assert.equal(await ask(), 503);
});

test('revocation: a key that is revoked while a check of it comes to nothing does not go on', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  const statusOfRound = async () => {
    auth.listener = verifyKey;
    assert.equal(await ask(), 200);
    auth.listener = (incoming) => {
      revocations.revoke(sha256);
      incoming.socket.destroy();
    };
    revocations.missed();
    return ask();
  };
  // A known key goes on when the check is not over within 100 ms, which a busy machine may need.
  let status = await statusOfRound();
  for (let i = 0; status === 200 && i < 20; i++) status = await statusOfRound();
  assert.equal(status, 503);
});

for (const [what, tell] of [
  ['revoked', (revocations: Revocations) => revocations.revoke(sha256)],
  ['in doubt', (revocations: Revocations) => revocations.missed()],
] as const) {
  test(`revocation: of a key ${what} a check that runs is neither kept nor shared with who comes later`, async (t) => {
    const { auth, revocations, ask } = await openStage(t);
    const granting = Promise.withResolvers<void>();
    auth.listener = (incoming, response) => {
      void granting.promise.then(() => verifyKey(incoming, response));
    };
    const early = ask();
    await until('the check', () => auth.seen.length === 1);
    tell(revocations);
    auth.listener = (_request, response) => sendJson(response, 403, {});
    assert.equal(await ask(), 403);
    granting.resolve();
    assert.equal(await early, 200);
    assert.equal(await ask(), 403);
    assert.equal(auth.seen.length, 2);
  });
}

test('revocation: who comes after one shares the check that began after it', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  const held: (() => void)[] = [];
  auth.listener = (incoming, response) => held.push(() => verifyKey(incoming, response));
  const early = ask();
  await until('the check', () => held.length === 1);
  revocations.revoke(sha256);
  const late = ask();
  await until('the check after the revocation', () => held.length === 2);
  held[0]?.();
  assert.equal(await early, 200);
  const latest = ask();
  // It has been read by the time that one which came later is answered.
  assert.equal(await ask(''), 401);
  held[1]?.();
  assert.deepEqual([await late, await latest, held.length], [200, 200, 2]);
});

test('revocation: a key that is to end is asked about again when it has, and not before', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  await ask();
  const from = performance.now();
  revocations.revoke(sha256, Date.now() + 300);
  while (auth.seen.length === 1 && performance.now() - from < 5_000) assert.equal(await ask(), 200);
  assert.equal(auth.seen.length, 2);
  // Wall clock and monotonic one are read in whole milliseconds and in parts of them.
  assert.ok(performance.now() - from > 298);
});

test('revocation: what may have been missed is asked for once, and a key that is still good is kept', async (t) => {
  const { auth, revocations, ask } = await openStage(t);
  await ask();
  revocations.missed();
  assert.deepEqual([await ask(), await ask(), auth.seen.length], [200, 200, 2]);
  auth.listener = (_request, response) => sendJson(response, 403, {});
  revocations.missed();
  // The first ones may go on, when the check takes longer than a known key waits.
  let status = 200;
  for (let i = 0; status === 200 && i < 100; i++) status = await ask();
  assert.deepEqual([status, auth.seen.length], [403, 3]);
});

test('revocation: a plugin that is closed is told no more', async () => {
  const module = createModule();
  const { revocations } = module;
  let told = 0;
  const subscribe = revocations.subscribe.bind(revocations);
  revocations.subscribe = (listener) => {
    told++;
    const unsubscribe = subscribe(listener);
    return () => {
      told--;
      unsubscribe();
    };
  };
  module.load(declare(30));
  assert.equal(told, 1);
  await module.close();
  assert.equal(told, 0);
});
