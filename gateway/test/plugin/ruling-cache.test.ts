import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { digestOf } from '../../src/apikey/digests.ts';
import { Revocations } from '../../src/apikey/revocations.ts';
import type { Verification } from '../../src/apikey/ruling.ts';
import { RulingCache } from '../../src/apikey/ruling-cache.ts';

const graceMs = 5 * 60_000;
const refusal = { status: 403, contentType: 'application/json', body: '{}' } as const;

function granted(askedAt: number, endsAt = Number.POSITIVE_INFINITY): Verification {
  return { ruling: 'granted', askedAt, endsAt };
}

function refused(askedAt: number): Verification {
  return { ruling: refusal, askedAt, endsAt: Number.POSITIVE_INFINITY };
}

const open = () => new RulingCache({ cacheTtlSec: 10, negativeTtlSec: 60 });

test('ruling cache: of 100,000 wrong keys no more is kept than the bound, and the latest', () => {
  const rulings = open();
  const keys = Array.from({ length: 100_000 }, (_, i) => digestOf(`wrong ${i}`));
  for (const key of keys) rulings.keep(key, refused(0), 0);
  const kept = keys.filter((key) => rulings.find(key, 1) !== undefined);
  assert.deepEqual(kept, keys.slice(-1_000));
});

test('ruling cache: a grant ends with its key, also while nobody can be asked', () => {
  const rulings = open();
  rulings.keep('fresh', granted(0, 5_000), 100);
  assert.equal(rulings.find('fresh', 4_999), 'granted');
  assert.equal(rulings.find('fresh', 5_000), undefined);
  assert.equal(rulings.findGrant('fresh', 5_000), undefined);

  rulings.keep('stale', granted(0, 60_000), 100);
  assert.equal(rulings.find('stale', 11_000), undefined);
  assert.ok(rulings.extend('stale', 59_500));
  assert.equal(rulings.find('stale', 59_999), 'granted');
  assert.equal(rulings.find('stale', 60_000), undefined);
  assert.equal(rulings.extend('stale', 60_000), false);
});

test('ruling cache: an end later than its own times changes nothing', () => {
  const rulings = open();
  rulings.keep('key', granted(0, 1e9), 100);
  assert.equal(rulings.find('key', 9_000), 'granted');
  assert.equal(rulings.find('key', 10_100), undefined);
  assert.ok(rulings.extend('key', graceMs));
  assert.equal(rulings.find('key', graceMs + 99), 'granted');
  assert.equal(rulings.findGrant('key', graceMs + 100), undefined);
});

test('ruling cache: a key whose end has come is not kept, and not known any more', () => {
  const rulings = open();
  rulings.keep('key', granted(0), 0);
  rulings.keep('key', granted(100, 100), 150);
  assert.equal(rulings.find('key', 150), undefined);
  assert.equal(rulings.findGrant('key', 150), undefined);
});

test('ruling cache: a revoked key is not known from that moment, others are', () => {
  const rulings = open();
  rulings.keep('revoked', granted(0), 0);
  rulings.keep('other', granted(0), 0);
  rulings.revoke('revoked', 10);
  assert.equal(rulings.find('revoked', 10), undefined);
  assert.equal(rulings.findGrant('revoked', 10), undefined);
  assert.equal(rulings.extend('revoked', 10), false);
  assert.equal(rulings.find('other', 10), 'granted');
});

test('ruling cache: a key revoked for later is good until then', () => {
  const rulings = open();
  rulings.keep('fresh', granted(0), 0);
  rulings.keep('stale', granted(0), 0);
  for (const key of ['fresh', 'stale']) rulings.revoke(key, 10, 5_000);
  assert.equal(rulings.find('fresh', 4_999), 'granted');
  assert.equal(rulings.find('fresh', 5_000), undefined);
  assert.ok(rulings.extend('stale', 4_500));
  assert.equal(rulings.find('stale', 4_999), 'granted');
  assert.equal(rulings.find('stale', 5_000), undefined);
  assert.equal(rulings.findGrant('stale', 5_000), undefined);
});

test('ruling cache: a moment that lies behind, or none, revokes at once', () => {
  for (const endsAt of [9, Number.NaN]) {
    const rulings = open();
    rulings.keep('key', granted(0), 0);
    rulings.revoke('key', 10, endsAt);
    assert.equal(rulings.find('key', 10), undefined);
    assert.equal(rulings.findGrant('key', 10), undefined);
  }
});

test('ruling cache: a grant that was asked for before the revocation is not kept, one asked for later is', () => {
  const rulings = open();
  for (const endsAt of [undefined, 60_000]) {
    rulings.revoke('key', 10, endsAt);
    assert.ok(rulings.isInDoubt('key', 9));
    rulings.keep('key', granted(9), 20);
    assert.equal(rulings.find('key', 20), undefined);
    assert.equal(rulings.findGrant('key', 20), undefined);
  }
  assert.equal(rulings.isInDoubt('other', 9), false);
  assert.equal(rulings.isInDoubt('key', 11), false);
  rulings.keep('key', granted(11), 20);
  assert.equal(rulings.find('key', 20), 'granted');
});

test('ruling cache: an old grant does not replace the refusal that is known by then', () => {
  const rulings = open();
  rulings.revoke('key', 10);
  rulings.keep('key', refused(11), 15);
  rulings.keep('key', granted(9), 20);
  assert.equal(rulings.find('key', 20), refusal);
});

test('ruling cache: where more keys are revoked than it remembers, no answer from before then is kept', () => {
  const rulings = open();
  for (let i = 0; i < 1_001; i++) rulings.revoke(`key ${i}`, i);
  for (const key of ['key 0', 'never revoked']) {
    rulings.keep(key, granted(0), 2_000);
    assert.equal(rulings.find(key, 2_000), undefined);
    assert.equal(rulings.isInDoubt(key, 1), false);
  }
  assert.ok(rulings.isInDoubt('key 1', 1));
});

test('ruling cache: in doubt every grant is to be confirmed, by a question that comes after', () => {
  const rulings = open();
  for (const key of ['one', 'two']) rulings.keep(key, granted(0), 0);
  rulings.extend('two', 5);
  rulings.doubtAll(10);
  for (const key of ['one', 'two']) {
    assert.equal(rulings.find(key, 10), undefined);
    // Good enough where nobody can be asked; but somebody is asked.
    assert.equal(rulings.findGrant(key, 10)?.unconfirmed, false);
  }
  rulings.keep('one', granted(9), 11);
  assert.equal(rulings.find('one', 11), undefined);
  rulings.keep('one', granted(11), 12);
  assert.equal(rulings.find('one', 12), 'granted');
});

test('revocations: each cache is told in its own terms, until it unsubscribes', () => {
  const revocations = new Revocations();
  const [mine, other] = [open(), open()];
  const unsubscribe = revocations.subscribe(mine);
  revocations.subscribe(other);
  const learn = () => {
    const now = performance.now();
    for (const rulings of [mine, other]) rulings.keep(digestOf('key'), granted(now), now);
  };
  const knows = (rulings: RulingCache, inMs = 0) =>
    rulings.find(digestOf('key'), performance.now() + inMs) === 'granted';

  learn();
  revocations.revoke(hash('sha256', 'another', 'hex'));
  assert.deepEqual([knows(mine), knows(other)], [true, true]);
  revocations.revoke(hash('sha256', 'key', 'hex'));
  assert.deepEqual([knows(mine), knows(other)], [false, false]);

  learn();
  revocations.revoke(hash('sha256', 'key', 'hex').toUpperCase(), Date.now() + 4_000);
  assert.deepEqual([knows(mine), knows(other)], [true, true]);
  assert.deepEqual([knows(mine, 4_001), knows(other, 4_001)], [false, false]);

  learn();
  unsubscribe();
  revocations.missed();
  assert.deepEqual([knows(mine), knows(other)], [true, false]);
});
