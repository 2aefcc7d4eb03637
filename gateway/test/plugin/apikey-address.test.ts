import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { askWithKey, openDeclared, openFixture, openUpstream, verifyKey } from '../fixture.ts';

const two = 'verification_urls: ["http://auth:8000/first", "http://auth:8000/second"]';

test('api key: of several verification URLs each is the first one sometimes, and one answer is enough', async (t) => {
  const fixture = await openFixture(t, { plugin: `${two}, negative_ttl_sec: 0` });
  const asked = () => new Set(fixture.auth.seen.map(({ url }) => url));
  let keys = 0;
  while (asked().size < 2 && keys < 100) {
    assert.equal((await askWithKey(fixture, `wrong ${keys++}`)).status, 403);
  }
  assert.equal(asked().size, 2);
  assert.equal(fixture.auth.seen.length, keys);
});

test('api key: a URL that hangs leaves the next one its share of the time', async (t) => {
  const fixture = await openFixture(t, {
    plugin: `${two}, timeout_ms: 600, negative_ttl_sec: 0`,
    auth: (incoming, response) => {
      if (incoming.url === '/second') verifyKey(incoming, response);
    },
  });
  const hung = () => fixture.auth.seen.filter(({ url }) => url === '/first').length;
  for (let i = 0; hung() === 0 && i < 50; i++) {
    const { status, tookMs } = await askWithKey(fixture, `wrong ${i}`);
    assert.equal(status, 403);
    assert.ok(tookMs < 600, `${tookMs} ms`);
  }
  assert.equal(hung(), 1);
});

test('api key: of several instances behind one URL another is asked when one hangs, and when one is gone', async (t) => {
  const hang = await openUpstream(() => undefined);
  const well = await openUpstream(verifyKey);
  const gone = await openUpstream(verifyKey);
  await gone.close();
  t.after(() => Promise.all([hang.close(), well.close()]));
  const targetsOf = (upstreams: { port: number }[]) =>
    upstreams.map(({ port }) => ({ target: `127.0.0.1:${port}` }));
  for (const other of [hang, gone]) {
    const declaration = {
      _format_version: '3.0',
      upstreams: [{ name: 'auth_upstream', targets: targetsOf([other, well]) }],
      services: [{ name: 'things', url: `http://127.0.0.1:${well.port}`, routes: [{ paths: ['/things'] }] }],
      plugins: [
        {
          name: 'apikey-auth-plugin',
          config: {
            verification_urls: ['http://auth_upstream/verify'],
            timeout_ms: 600,
            negative_ttl_sec: 0,
          },
        },
      ],
    };
    const { gateway } = await openDeclared(t, JSON.stringify(declaration));
    for (let i = 0; i < 4; i++) {
      const headers = { 'x-api-key': `wrong-${i}` };
      const { statusCode, body } = await request(`${gateway.address}/things`, { headers });
      await body.dump();
      assert.equal(statusCode, 403);
    }
  }
  assert.ok(hang.seen.length > 0);
});
