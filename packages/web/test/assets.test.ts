import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createRouter } from '@tsmicro/network';
import { type Assets, openAssets } from '../src/index.ts';

const opened = new AsyncDisposableStack();
const style = 'body { color: red } '.repeat(50);
let folder: string;
let assets: Assets;
let origin: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assets-'));
  opened.defer(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'front.css'), style);
  await writeFile(join(folder, 'dot.svg'), '<svg/>');
  await mkdir(join(folder, 'inner'));
  assets = await openAssets([pathToFileURL(`${folder}/`)], '/assets');
  const router = createRouter();
  opened.defer(() => router.close());
  assets.mount(router);
  origin = await router.start({ host: '127.0.0.1', port: 0 });
});
after(() => opened.disposeAsync());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(origin + path, { headers: { 'accept-encoding': 'identity', ...headers } });

test('assets: the address of a file tells what is in it, and what is there is kept for good', async () => {
  const url = assets.url('front.css');
  assert.match(url, /^\/assets\/front\.[0-9a-f]{12}\.css$/);
  const response = await get(url);
  assert.equal(await response.text(), style);
  assert.equal(response.headers.get('content-type'), 'text/css; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  await writeFile(join(folder, 'front.css'), `${style} `);
  const changed = await openAssets([pathToFileURL(`${folder}/`)], '/assets');
  assert.notEqual(changed.url('front.css'), url);
});

test('assets: under its plain name a file is asked for again, and not sent to who has it', async () => {
  const response = await get('/assets/front.css');
  assert.equal(response.headers.get('cache-control'), 'no-cache');
  const etag = response.headers.get('etag') ?? '';
  assert.equal((await get('/assets/front.css', { 'if-none-match': etag })).status, 304);
  assert.equal((await get('/assets/front.css', { 'if-none-match': '"other"' })).status, 200);
});

test('assets: texts are compressed for who takes that, and only when it is worth it', async () => {
  const zipped = await get(assets.url('front.css'), { 'accept-encoding': 'br, gzip' });
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.ok(Number(zipped.headers.get('content-length')) < style.length / 4);
  assert.equal(await zipped.text(), style);
  assert.equal(zipped.headers.get('vary'), 'accept-encoding');
  const refused = await get(assets.url('front.css'), { 'accept-encoding': 'gzip;q=0' });
  assert.equal(refused.headers.get('content-encoding'), null);
  const tiny = await get(assets.url('dot.svg'), { 'accept-encoding': 'gzip' });
  assert.equal(tiny.headers.get('content-encoding'), null);
});

test('assets: what is not there is a 404, whatever its name says', async () => {
  for (const name of ['gone.css', '..%2Fpackage.json', '%2E%2E%2Ffront.css', 'inner']) {
    assert.equal((await get(`/assets/${name}`)).status, 404, name);
  }
  assert.throws(() => assets.url('gone.css'), /no asset "gone.css"/);
});

test('assets: the style that all sites share is there, and a single file may be added', async () => {
  const file = pathToFileURL(join(folder, 'dot.svg'));
  const few = await openAssets([file], '/more');
  assert.match(few.url('base.css'), /^\/more\/base\./);
  assert.match(few.url('dot.svg'), /^\/more\/dot\./);
  await writeFile(join(folder, 'what.exe'), '');
  await assert.rejects(openAssets([pathToFileURL(join(folder, 'what.exe'))], '/more'), /no site serves/);
});
