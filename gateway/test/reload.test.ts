import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { request } from 'undici';
import {
  knownKey,
  openDeclared,
  openUpstream,
  sendJson,
  type Upstream,
  until,
  verifyKey,
} from './fixture.ts';

interface Place {
  auth: Upstream;
  things: Upstream;
}

async function openPlace(t: TestContext): Promise<Place> {
  const auth = await openUpstream(verifyKey);
  const things = await openUpstream((asked, response) => sendJson(response, 200, { url: asked.url }));
  t.after(() => Promise.all([auth.close(), things.close()]));
  return { auth, things };
}

const declarationOf = ({ auth, things }: Place, path: string, more = '') => `
_format_version: "3.0"
services:
  - { name: things, url: "http://127.0.0.1:${things.port}", retries: 1, routes: [{ name: things, paths: ["${path}"] }] }
${more}
plugins:
  - { name: apikey-auth-plugin, config: { verification_urls: ["http://127.0.0.1:${auth.port}/verify/apikey"], cache_ttl_sec: 60 } }
`;

async function statusOf(url: string): Promise<number> {
  const answer = await request(url, { headers: { 'x-api-key': knownKey } });
  await answer.body.dump();
  return answer.statusCode;
}

test('reload: a changed file is in force by itself, and what it does not change lives on', async (t) => {
  const place = await openPlace(t);
  const { gateway, file, log } = await openDeclared(t, declarationOf(place, '/old'));
  assert.equal(await statusOf(`${gateway.address}/old`), 200);
  const { sockets } = place.things;
  await writeFile(`${file}.new`, declarationOf(place, '/new'));
  await rename(`${file}.new`, file);
  await until('it is in force', () => log.some(({ msg }) => /in force/.test(String(msg))));
  assert.equal(await statusOf(`${gateway.address}/new`), 200);
  assert.equal(await statusOf(`${gateway.address}/old`), 404);
  assert.equal(place.auth.seen.length, 1, 'the key was known');
  assert.equal(place.things.sockets, sockets, 'the connection was kept');
});

test('reload: a broken file leaves the old one in force and says why, with its line', async (t) => {
  const place = await openPlace(t);
  const { gateway, file, log } = await openDeclared(t, declarationOf(place, '/old'));
  await writeFile(file, declarationOf(place, 'nowhere'));
  await gateway.reload();
  assert.equal(await statusOf(`${gateway.address}/old`), 200);
  const told = log.find(({ msg }) => /the old one stays in force/.test(String(msg)));
  assert.match(
    String(told?.complaints),
    /^kong\.yml:4: services\[0\]\.routes\[0\]\.paths\[0\] must begin with/,
  );
  await writeFile(file, declarationOf(place, '/new'));
  await gateway.reload();
  assert.equal(await statusOf(`${gateway.address}/new`), 200);
});

test('reload: under load no request is lost, whatever changes', async (t) => {
  const place = await openPlace(t);
  const other = await openPlace(t);
  const { gateway, file } = await openDeclared(t, declarationOf(place, '/things'));
  const statuses = new Map<number, number>();
  let reloading = true;
  const asking = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (reloading) {
        const status = await statusOf(`${gateway.address}/things`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
  for (let i = 0; i < 12; i++) {
    const timeouts = `  - { name: more, url: "http://127.0.0.1:9", read_timeout: ${1_000 + i}, routes: [{ paths: [/more] }] }`;
    await writeFile(file, declarationOf(i % 2 === 0 ? other : place, '/things', timeouts));
    await gateway.reload();
    const count = statuses.get(200) ?? 0;
    await until('more requests came', () => (statuses.get(200) ?? 0) > count + 100);
  }
  reloading = false;
  await asking;
  t.diagnostic(`${statuses.get(200)} requests during 12 reloads`);
  assert.deepEqual([...statuses.keys()], [200]);
});

test('reload: a request that is under way ends as it began', async (t) => {
  const place = await openPlace(t);
  const { gateway, file } = await openDeclared(t, declarationOf(place, '/old'));
  let release: () => void = () => undefined;
  place.things.listener = (_request, response) => {
    release = () => sendJson(response, 200, {});
  };
  const slow = statusOf(`${gateway.address}/old`);
  await until('it has arrived', () => place.things.seen.length === 1);
  await writeFile(file, declarationOf(await openPlace(t), '/new'));
  await gateway.reload();
  assert.equal(await statusOf(`${gateway.address}/new`), 200);
  release();
  assert.equal(await slow, 200);
});
