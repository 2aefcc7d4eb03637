import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, RulingCache } from '../../src/apikey/ruling-cache.ts';
import { askWithKey, openFixture, verifyKey } from '../fixture.ts';

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

test('api key: of 100,000 wrong keys no more is kept than the bound, and the latest', () => {
  const rulings = new RulingCache({ cacheTtlSec: 10, negativeTtlSec: 60 });
  const refusal = { status: 403, contentType: 'application/json', body: '{}' } as const;
  const keys = Array.from({ length: 100_000 }, (_, i) => digestOf(`wrong ${i}`));
  for (const key of keys) rulings.keep(key, refusal, 0);
  const kept = keys.filter((key) => rulings.find(key, 1) !== undefined);
  assert.deepEqual(kept, keys.slice(-1_000));
});
