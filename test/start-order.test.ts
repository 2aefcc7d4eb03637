import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { System } from './system.ts';

let system: System;
before(async () => {
  system = await System.open();
});
after(() => system[Symbol.asyncDispose]());

const servers = ['nats', 'postgres', 'redis', 'mongo'] as const;

for (const [name, needs] of [
  ['auth', ['nats', 'postgres']],
  ['blog', ['nats', 'mongo']],
] as const) {
  for (const missing of needs) {
    test(`start order: ${name} started before ${missing} waits, and is ready within 5 s of its coming`, async () => {
      await system.command('service', 'stop', name);
      await system.command('service', 'stop', missing);
      await system.command('service', 'start', name).catch(() => {});
      const early = await system.ask('GET', `/${name}/health`);
      assert.ok([200, 503, 504].includes(early.status), early.text);
      await system.command('service', 'start', missing);
      await system.until(200, 5_000, 'GET', `/${name}/health`);
    });
  }
}

test('start order: everything killed at once comes back by itself', async () => {
  const { pids } = await system.addresses();
  for (const name of [...servers, 'auth', 'blog', 'gateway']) {
    const pid = pids[name];
    assert.ok(pid !== undefined, name);
    process.kill(pid, 'SIGKILL');
  }
  await system.until(200, 15_000, 'GET', '/auth/health');
  await system.until(200, 15_000, 'GET', '/blog/list/latest');
});

test('start order: stopped in order, nothing is left; started again, the data is there', async () => {
  const body = { email: 'kept@example.com', password: 'secret1', name: 'Kept' };
  assert.equal((await system.ask('POST', '/auth/signup/basic', { body })).status, 200);
  const { pids } = await system.addresses();
  assert.equal(await system.stop(), 0);
  for (const [name, pid] of Object.entries(pids)) {
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, `${name} (${pid}) has ended`);
  }
  const startedAt = performance.now();
  await system.start();
  const ms = performance.now() - startedAt;
  assert.equal((await system.ask('POST', '/auth/signin/basic', { body })).status, 200);
  assert.ok(ms < 15_000, `ready after ${Math.round(ms)} ms`);
});
