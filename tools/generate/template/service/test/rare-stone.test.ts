import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requestNats } from '@tsmicro/micro';
import { type RareStone, rareStoneById } from '#contract';
import { type Fixture, openFixture } from './service-fixture.ts';

let service: Fixture;
before(async () => {
  service = await openFixture();
});
after(() => service[Symbol.asyncDispose]());

const path = (id: string) => `/rare-stone/id/${id}`;

async function create(name: string): Promise<RareStone> {
  const { status, body } = await service.ask('POST', '/rare-stone', { name });
  assert.deepEqual([status, body.message], [200, 'rare stone created successfully']);
  return body.data as RareStone;
}

test('rare stone: what was created is found by its id, over HTTP and NATS alike', async () => {
  const created = await create('first');
  assert.equal(created.name, 'first');
  assert.deepEqual((await service.ask('GET', path(created.id))).body.data, created);
  assert.deepEqual(await requestNats(service.natsClient, rareStoneById, { id: created.id }), created);
});

test('rare stone: a list shows the newest first, page by page', async () => {
  const older = await create('older');
  const newer = await create('newer');
  const pages = [1, 2].map((page) => service.ask('GET', `/rare-stone?page=${page}&limit=1`));
  const shown = (await Promise.all(pages)).flatMap(({ body }) => body.data);
  assert.deepEqual(shown, [newer, older]);
});

test('rare stone: a deleted one is a 404, over HTTP and NATS alike', async () => {
  const { id } = await create('short-lived');
  assert.equal((await service.ask('DELETE', path(id))).body.message, 'rare stone deleted successfully');
  for (const method of ['GET', 'DELETE']) assert.equal((await service.ask(method, path(id))).status, 404);
  const request = requestNats(service.natsClient, rareStoneById, { id });
  await assert.rejects(request, { status: 404, message: 'rare stone not found' });
});

test('rare stone: what is missing, too long or no id is a 400 that names it', async () => {
  for (const body of [{}, { name: ' ' }, { name: 'x'.repeat(201) }]) {
    const answer = await service.ask('POST', '/rare-stone', body);
    assert.equal(answer.status, 400);
    assert.match(answer.body.message, /name/);
  }
  const answer = await service.ask('GET', path('nonsense'));
  assert.equal(answer.status, 400);
  assert.match(answer.body.message, /id/);
});
