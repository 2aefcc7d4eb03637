// Nothing stale, seen as readers see it: through the gateway, with two instances of each service, under a flood of reads.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { System } from './system.ts';

const readers = 8;
/** Reads that began after the answer to the change. */
const readsAfter = 200;

let system: System;
let token = '';
before(async () => {
  system = await System.open('--balanced');
  token = (await system.signIn()).accessToken;
});
after(() => system[Symbol.asyncDispose]());

let blogs = 0;

/** A blog that readers see, kept by both instances. */
async function publish(): Promise<{ id: string; slug: string }> {
  const slug = `seen-${blogs++}`;
  const words = { title: `About ${slug}`, description: 'Soon gone', draftText: 'Text' };
  const body = { ...words, slug, imgUrl: '/i.png', tags: ['GONE'] };
  const { _id: id } = await system.data<{ _id: string }>('POST', '/blog/author', { token, body });
  await system.data('PUT', `/blog/author/submit/id/${id}`, { token });
  await system.data('PUT', `/blog/editor/publish/id/${id}`, { token });
  for (let i = 0; i < 4; i++)
    for (const path of [`/blog/id/${id}`, `/blog/slug/${slug}`]) await system.data('GET', path);
  return { id, slug };
}

/** Reads all paths without a pause while something is changed; what began after the answer must have this status. */
async function underFlood(paths: string[], change: () => Promise<unknown>, status: number): Promise<void> {
  let changed = false;
  let left = readsAfter;
  const read = async (reader: number) => {
    for (let turn = reader; left > 0; turn++) {
      const after = changed;
      const path = paths[turn % paths.length] ?? '';
      const seen = await system.ask('GET', path);
      if (!after) continue;
      left--;
      assert.equal(seen.status, status, `${path}: ${seen.text}`);
    }
  };
  const changing = async () => {
    try {
      await change();
    } finally {
      changed = true;
    }
  };
  await Promise.all([changing(), ...Array.from({ length: readers }, (_, reader) => read(reader))]);
}

const change = (method: string, path: string, body?: object) => () =>
  system.data(method, path, { token, ...(body === undefined ? {} : { body }) });

test('stale: what was unpublished, deleted or has another slug nobody reads after the answer', async () => {
  const first = await publish();
  const paths = [`/blog/id/${first.id}`, `/blog/slug/${first.slug}`];
  await underFlood(paths, change('PUT', `/blog/editor/unpublish/id/${first.id}`), 404);
  const second = await publish();
  const pathsOfSecond = [`/blog/id/${second.id}`, `/blog/slug/${second.slug}`];
  await underFlood(pathsOfSecond, change('DELETE', `/blog/author/id/${second.id}`), 404);
  const third = await publish();
  const body = { _id: third.id, slug: `${third.slug}-moved` };
  await underFlood([`/blog/slug/${third.slug}`], change('PUT', '/blog/author', body), 404);
  assert.equal((await system.ask('GET', `/blog/slug/${body.slug}`)).status, 200);
});

test('stale: what is published again is read at once', async () => {
  const { id, slug } = await publish();
  await system.data('PUT', `/blog/editor/unpublish/id/${id}`, { token });
  await system.data('PUT', `/blog/author/submit/id/${id}`, { token });
  const paths = [`/blog/id/${id}`, `/blog/slug/${slug}`];
  await underFlood(paths, change('PUT', `/blog/editor/publish/id/${id}`), 200);
});

test('stale: what was unpublished while Redis was away nobody reads, then or after its return', async () => {
  const { id, slug } = await publish();
  const paths = [`/blog/id/${id}`, `/blog/slug/${slug}`];
  const { pids } = await system.addresses();
  await system.command('service', 'stop', 'redis');
  try {
    await underFlood(paths, change('PUT', `/blog/editor/unpublish/id/${id}`), 404);
  } finally {
    await underFlood(paths, () => system.command('service', 'start', 'redis'), 404);
  }
  assert.notEqual((await system.addresses()).pids.redis, pids.redis);
  await underFlood(paths, async () => undefined, 404);
});
