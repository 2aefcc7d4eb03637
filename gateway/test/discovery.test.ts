// Targets that come from the registrations of live instances on a real NATS.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Controller, connectNats, createRouter } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { findPort, startNats } from '@tsmicro/stack';
import { request } from 'undici';
import { type Declared, openDeclared, until } from './fixture.ts';

class NameController extends Controller {
  readonly #name: string;

  constructor(name: string) {
    super('/');
    this.#name = name;
  }

  mountRoutes(routes: Routes): void {
    routes.get('/', { data: Type.Object({ name: Type.String() }) }, () => ({ name: this.#name }));
  }
}

/** An instance of a service; `leave` ends it as at SIGTERM, `lose` as if its machine had gone. */
async function openInstance(natsUrl: string, service: string, name: string, port = 0) {
  const identity = { natsServiceName: service, natsServiceVersion: '1.0.0' };
  const natsClient = await connectNats({ natsUrl, ...identity });
  const router = createRouter({ natsClient });
  router.loadControllers([new NameController(name)]);
  const address = await router.start({ host: '127.0.0.1', port });
  return {
    address,
    async [Symbol.asyncDispose]() {
      await router.close({ lingerMs: 1_000, deadlineMs: 2_000 });
      await natsClient.close();
    },
    async lose() {
      await natsClient.connection.close();
      const engine = router.getEngine();
      engine.close();
      engine.closeAllConnections();
    },
  };
}

async function nameOf({ gateway }: Declared): Promise<string> {
  const answer = await request(`${gateway.address}/things`);
  const { data, status } = (await answer.body.json()) as { data?: { name: string }; status: number };
  return data?.name ?? String(status);
}

async function namesOf(declared: Declared, count: number): Promise<string[]> {
  const names = new Set<string>();
  for (let i = 0; i < count; i++) names.add(await nameOf(declared));
  return [...names].sort();
}

const declarationOf = (service: string, url: string) => `
_format_version: "3.0"
services:
  - { name: things, url: "${url}", retries: 1, tags: ["nats:${service}"], routes: [{ name: things, paths: [/things] }] }
`;

/** A gateway that knows two instances of a service, which both are asked. */
async function openTwo(t: TestContext) {
  await using opening = new AsyncDisposableStack();
  const nats = opening.use(await startNats());
  opening.use(await openInstance(nats.url, 'things', 'one'));
  const two = await openInstance(nats.url, 'things', 'two');
  const declared = await openDeclared(t, declarationOf('things', 'http://127.0.0.1:9'), {
    natsUrl: nats.url,
  });
  assert.deepEqual(await namesOf(declared, 10), ['one', 'two']);
  const opened = opening.move();
  return { declared, two, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

test('discovery: instances come into use when they are ready and go when they say so, and no request fails', async (t) => {
  await using nats = await startNats();
  await using one = await openInstance(nats.url, 'things', 'one');
  const declared = await openDeclared(t, declarationOf('things', 'http://127.0.0.1:9'), {
    natsUrl: nats.url,
  });
  assert.equal(
    await nameOf(declared),
    'one',
    'known with the first request, wherever the declaration points',
  );
  {
    await using _two = await openInstance(nats.url, 'things', 'two');
    const readyAt = performance.now();
    while ((await nameOf(declared)) !== 'two') assert.ok(performance.now() - readyAt < 1_000);
    t.diagnostic(`a new instance is asked ${Math.round(performance.now() - readyAt)} ms after it is ready`);
    assert.deepEqual(await namesOf(declared, 10), ['one', 'two']);
  }
  assert.deepEqual(await namesOf(declared, 10), ['one']);
  assert.ok(one.address);
});

test('discovery: while an instance leaves, none of many requests fails and none reaches it any more', async (t) => {
  await using place = await openTwo(t);
  const { declared, two } = place;
  const seen: { at: number; name: string }[] = [];
  let leaving = true;
  const asking = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (leaving) seen.push({ name: await nameOf(declared), at: performance.now() });
    }),
  );
  await until('both are asked', () => seen.length > 100);
  const leftAt = performance.now();
  await two[Symbol.asyncDispose]();
  leaving = false;
  await asking;
  assert.deepEqual([...new Set(seen.map(({ name }) => name))].sort(), ['one', 'two']);
  const late = seen.filter(({ name, at }) => name === 'two' && at > leftAt).map(({ at }) => at - leftAt);
  t.diagnostic(
    `of ${seen.length} requests ${late.length} were answered by the one that left, the last ${Math.round(late.at(-1) ?? 0)} ms after`,
  );
  assert.ok((late.at(-1) ?? 0) < 300);
});

test('discovery: one that is killed is out after the first failed connection', async (t) => {
  await using place = await openTwo(t);
  const { declared, two } = place;
  await two.lose();
  assert.deepEqual(await namesOf(declared, 30), ['one']);
});

test('discovery: NATS that goes changes nothing; one that comes late is found', async (t) => {
  const port = await findPort();
  const natsUrl = `nats://127.0.0.1:${port}`;
  const fallback = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end('{"data":{"name":"declared"},"status":200}'),
  );
  await new Promise<void>((resolve) => fallback.listen(0, '127.0.0.1', resolve));
  t.after(() => fallback.close());
  const { port: declaredPort } = fallback.address() as AddressInfo;
  const declared = await openDeclared(t, declarationOf('things', `http://127.0.0.1:${declaredPort}`), {
    natsUrl,
  });
  assert.equal(await nameOf(declared), 'declared');
  await using nats = await startNats({ port });
  await using _one = await openInstance(natsUrl, 'things', 'one');
  const comeAt = performance.now();
  while ((await nameOf(declared)) !== 'one') assert.ok(performance.now() - comeAt < 5_000);
  await nats.kill();
  assert.deepEqual(await namesOf(declared, 10), ['one']);
  await nats.start();
  assert.deepEqual(await namesOf(declared, 10), ['one']);
});
