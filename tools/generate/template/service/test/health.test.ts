import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Fixture, openFixture } from './service-fixture.ts';

let service: Fixture;
before(async () => {
  service = await openFixture();
});
after(() => service[Symbol.asyncDispose]());

test('health: the service lives, and is ready with everything that it depends on', async () => {
  assert.equal((await service.ask('GET', '/health')).status, 200);
  const { status, body } = await service.ask('GET', '/health/ready');
  assert.equal(status, 200);
  assert.equal((body.data as { status: string }).status, 'OK');
});
