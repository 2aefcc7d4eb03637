import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, createRouter, type NatsClient } from '@tsmicro/micro';
import { startNats } from '@tsmicro/stack';
import { createLogger } from '@tsmicro/telemetry';
import { parse } from 'yaml';
import { isEntity } from '../src/kong-sync/entity.ts';
import { openKongSync } from '../src/kong-sync/server.ts';
import { KongStandIn, KongView } from './kong-sync-admin.ts';

const times = { pollMs: 100, debounceMs: 50, settleMs: 1_000 };
const yaml = `
_format_version: "3.0"
services:
  - name: accounts
    url: http://auth.invalid:8000
    tags: [nats:auth]
    routes:
      - name: accounts
        paths: ["~/auth(?:/|$)"]
  - name: posts
    host: blog_upstream
    routes:
      - name: posts
        paths: ["~/blog(?:/|$)"]
upstreams:
  - name: blog_upstream
    tags: [nats:blog]
    targets:
      - target: blog1.invalid:8000
plugins:
  - name: apikey-auth-plugin
    config:
      verification_urls: [http://auth.invalid:8000/verify/apikey]
`;

async function until(what: string, ms: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    assert.ok(performance.now() - startedAt < ms, `${what} within ${ms} ms`);
    await sleep(10);
  }
  return performance.now() - startedAt;
}

/** An instance of a service without anything in it; `place` is its host and port. */
async function openInstance(natsUrl: string, name: string) {
  const client = await connectNats({ natsUrl, natsServiceName: name, natsServiceVersion: '1.0.0' });
  const router = createRouter({ natsClient: client });
  const place = (await router.start({ host: '127.0.0.1', port: 0 })).slice('http://'.length);
  const leave = async () => {
    await router.close();
    await client.close();
  };
  return { client, place, leave, [Symbol.asyncDispose]: leave };
}

/** Says READY for an instance that is not there. */
function announce(client: NatsClient, name: string, id: string, place: string): void {
  const metadata = { http: `http://${place}` };
  const info = { type: 'io.nats.micro.v1.info_response', name, id, version: '1.0.0', metadata };
  client.connection.publish(`$SRV.READY.${name}.${id}`, JSON.stringify(info));
}

function readDocument(text: string) {
  const document: unknown = parse(text);
  assert.ok(isEntity(document));
  return document;
}

/** NATS, a Kong that has the file, and what a test needs to run kong-sync between them. */
async function openScene() {
  await using opened = new AsyncDisposableStack();
  const nats = opened.use(await startNats());
  const given = process.env.KONG_ADMIN_URL;
  const standIn = opened.use(await KongStandIn.open(readDocument(yaml)));
  const url = given ?? standIn.url;
  const dir = await mkdtemp(join(tmpdir(), 'kong-sync-'));
  opened.defer(() => rm(dir, { recursive: true }));
  const path = join(dir, 'kong.yml');
  await writeFile(path, yaml);
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line)) };
  const logger = createLogger({ name: 'kong-sync', level: 'info', destination });
  const forget = async () => {
    if (given === undefined) return standIn.forget();
    const answer = await fetch(`${given}/config`, {
      method: 'POST',
      body: new URLSearchParams({ config: yaml }),
    });
    assert.equal(answer.status, 201);
  };
  await forget();
  const held = opened.move();
  return {
    nats,
    kong: new KongView(url),
    standIn,
    path,
    log,
    logged: (message: RegExp) => log.filter(({ msg }) => message.test(String(msg))),
    /** Takes from Kong what it was given, as a restart does. */
    forget,
    open: () =>
      openKongSync({ ...times, NATS_URL: nats.url, KONG_CONFIG: path, KONG_ADMIN_URL: url }, { logger }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

const places = (...instances: { place: string }[]) => instances.map(({ place }) => `${place} 100`).sort();
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
/** Against a Kong that is given, what only the stand-in can do is left out. */
const standInOnly = { skip: process.env.KONG_ADMIN_URL !== undefined && 'needs a Kong that can be broken' };

test('kong-sync: live instances become the targets and the URLs of the plugin; those that come and go too', async (t) => {
  await using scene = await openScene();
  const { nats, kong } = scene;
  await using auth = await openInstance(nats.url, 'auth');
  await using blog = await openInstance(nats.url, 'blog');
  await using sync = await scene.open();
  assert.match(sync.address, /^http:/);
  await until('the first targets are there', 3_000, async () =>
    same(await kong.targets('blog_upstream'), places(blog)),
  );
  assert.deepEqual(await kong.targets('auth-instances'), places(auth));
  assert.deepEqual(await kong.verificationUrls(), [`http://${auth.place}/verify/apikey`]);
  await using second = await openInstance(nats.url, 'auth');
  const came = await until('the second is a target', 3_000, async () =>
    same(await kong.targets('auth-instances'), places(auth, second)),
  );
  assert.deepEqual(
    await kong.verificationUrls(),
    [auth, second].map(({ place }) => `http://${place}/verify/apikey`).sort(),
  );
  await auth.leave();
  const went = await until('the first is none any more', 3_000, async () =>
    same(await kong.targets('auth-instances'), places(second)),
  );
  t.diagnostic(`in after ${Math.round(came)} ms, out after ${Math.round(went)} ms`);
});

test('kong-sync: what Kong has lost it gets again', async () => {
  await using scene = await openScene();
  const { nats, kong } = scene;
  await using blog = await openInstance(nats.url, 'blog');
  await using _auth = await openInstance(nats.url, 'auth');
  await using _sync = await scene.open();
  const there = async () => same(await kong.targets('blog_upstream'), places(blog));
  await until('the target is there', 3_000, there);
  await scene.forget();
  assert.equal(await there(), false);
  await until('the target is there again', 3_000, there);
  assert.equal(scene.logged(/has lost/).length, 1);
});

test('kong-sync: no instance left, or NATS away, leaves the last known targets; an unknown service the written ones', async () => {
  await using scene = await openScene();
  const { nats, kong } = scene;
  await using blog = await openInstance(nats.url, 'blog');
  await using _sync = await scene.open();
  const there = async () => same(await kong.targets('blog_upstream'), places(blog));
  await until('the target is there', 3_000, there);
  assert.deepEqual(await kong.targets('auth-instances'), []);
  assert.deepEqual(await kong.verificationUrls(), ['http://auth.invalid:8000/verify/apikey']);
  await blog.leave();
  await until('the end is seen', 3_000, () => scene.logged(/no instance is left/).length > 0);
  await nats.kill();
  await until('the loss is seen', 3_000, () => scene.logged(/NATS is away/).length > 0);
  await scene.forget();
  await until('the last known target is there again', 3_000, there);
  await nats.start();
  await using next = await openInstance(nats.url, 'blog');
  await until('the next one is', 5_000, async () => same(await kong.targets('blog_upstream'), places(next)));
});

test('kong-sync: what Kong has is not posted again, also not by the next process', standInOnly, async () => {
  await using scene = await openScene();
  const { nats, standIn } = scene;
  await using _blog = await openInstance(nats.url, 'blog');
  await using _auth = await openInstance(nats.url, 'auth');
  const first = await scene.open();
  await until('it is posted', 3_000, () => standIn.posts.length > 0);
  await first.close();
  await using _next = await scene.open();
  await until('the next one posts', 3_000, () => standIn.posts.length > 1);
  assert.deepEqual(standIn.posts, [201, 304]);
});

test('kong-sync: many changes at once are few posts, one at a time', standInOnly, async () => {
  await using scene = await openScene();
  const { nats, standIn, kong } = scene;
  await using _auth = await openInstance(nats.url, 'auth');
  await using blog = await openInstance(nats.url, 'blog');
  await using _sync = await scene.open();
  await until('it is posted', 3_000, () => standIn.posts.length > 0);
  const before = standIn.posts.length;
  const rollout = Array.from({ length: 12 }, (_, i) => ({ id: `b${i}`, place: `127.0.0.1:${9_000 + i}` }));
  for (const { id, place } of rollout) announce(blog.client, 'blog', id, place);
  await until('all are targets', 3_000, async () =>
    same(await kong.targets('blog_upstream'), places(blog, ...rollout)),
  );
  const posts = standIn.posts.length - before;
  assert.ok(posts <= 2, `${posts} posts`);
  assert.equal(standIn.mostAtOnce, 1);
});

test(
  'kong-sync: a Kong that is busy or away is tried again, and has it all when it is back',
  standInOnly,
  async () => {
    await using scene = await openScene();
    const { nats, standIn, kong } = scene;
    await using blog = await openInstance(nats.url, 'blog');
    await using _auth = await openInstance(nats.url, 'auth');
    standIn.refusals.push(429, 503);
    await using _sync = await scene.open();
    const there = async () => same(await kong.targets('blog_upstream'), places(blog));
    await until('it is taken at the third time', 5_000, there);
    assert.deepEqual(standIn.posts, [429, 503, 201]);
    await standIn.kill();
    await until('the loss is seen', 5_000, () => scene.logged(/Kong is away/).length > 2);
    await standIn.start();
    await until('it has it again', 8_000, there);
    assert.equal(scene.logged(/Kong is there/).length, 4);
  },
);

test(
  'kong-sync: what Kong refuses is logged with its words, and posted again only when something changes',
  standInOnly,
  async () => {
    await using scene = await openScene();
    const { nats, standIn, kong } = scene;
    await using blog = await openInstance(nats.url, 'blog');
    await using _auth = await openInstance(nats.url, 'auth');
    await using _sync = await scene.open();
    await until('it is posted', 3_000, () => standIn.posts.length > 0);
    await writeFile(scene.path, yaml.replace('"3.0"', '"9.9"'));
    await until('it is refused', 3_000, () => standIn.posts.includes(400));
    await until('it is logged', 3_000, () => scene.logged(/Kong refuses/).length > 0);
    assert.match(String(scene.logged(/Kong refuses/)[0]?.answer), /in _format_version: expected one of/);
    assert.deepEqual(await kong.targets('blog_upstream'), places(blog));
    await writeFile(scene.path, '- no mapping');
    await until('the file is looked at', 3_000, () => scene.logged(/last usable/).length > 0);
    await writeFile(scene.path, yaml.replace('blog1.invalid:8000', `${blog.place}\n        weight: 7`));
    await until('the next one is taken', 3_000, async () =>
      same(await kong.targets('blog_upstream'), [`${blog.place} 7`]),
    );
    assert.deepEqual(standIn.posts, [201, 400, 201]);
  },
);
