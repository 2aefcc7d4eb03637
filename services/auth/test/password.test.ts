import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '@tsmicro/postgres';
import { hash as hashBcrypt } from 'bcryptjs';
import { Bulkhead } from '../src/user/bulkhead.ts';
import { PasswordHasher } from '../src/user/password.ts';
import { type AuthClient, assertRefused } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

describe('password hashes', () => {
  const hasher = new PasswordHasher(new Bulkhead({ limit: 2, maxWaiting: 32 }));

  test('a hash is argon2id in PHC form, with a salt of its own', async () => {
    const [one, two] = await Promise.all([hasher.hash('changeit'), hasher.hash('changeit')]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(one, two);
    assert.deepEqual(await hasher.verify('changeit', one), { matches: true });
    assert.deepEqual(await hasher.verify('changeiT', one), { matches: false });
    assert.deepEqual(await hasher.verify('changeit', `${one.slice(0, -10)}AAAAA${one.slice(-5)}`), {
      matches: false,
    });
  });

  test('hashes of the reference implementation are understood, and renewed when their parameters are others', async () => {
    // echo -n changeit | argon2 somesalt0123somex -id -k 19456 -t 2 -p 1 -l 32 -e
    const current =
      '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQwMTIzc29tZXg$HrH/Cf+ASRl20eEcFLee95yPyAHYi1ZsazKplhg1UZU';
    assert.deepEqual(await hasher.verify('changeit', current), { matches: true });
    // echo -n changeit | argon2 somesalt0123 -id -m 14 -t 1 -p 1 -l 16 -e
    const weaker = '$argon2id$v=19$m=16384,t=1,p=1$c29tZXNhbHQwMTIz$gYWRdZ9u/7ddz5wcN8LoZA';
    const verdict = await hasher.verify('changeit', weaker);
    assert.equal(verdict.matches, true);
    assert.match(verdict.renewedHash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.deepEqual(await hasher.verify('wrong', weaker), { matches: false });
  });

  test('a hash of no known form matches nothing', async () => {
    for (const stored of ['', 'changeit', '$1$abc$def', '$2a$05$short', undefined]) {
      assert.deepEqual(await hasher.verify('changeit', stored), { matches: false });
    }
  });

  test('bcrypt hashes of all three kinds match, but never more than the 72 bytes that bcrypt sees', async () => {
    const stored = await hashBcrypt('x'.repeat(72), 4);
    for (const kind of ['$2a', '$2b', '$2y']) {
      const verdict = await hasher.verify('x'.repeat(72), kind + stored.slice(3));
      assert.equal(verdict.matches, true);
      assert.match(verdict.renewedHash ?? '', /^\$argon2id\$/);
    }
    assert.deepEqual(await hasher.verify('x'.repeat(73), stored), { matches: false });
    assert.deepEqual(await hasher.verify('x'.repeat(71), stored), { matches: false });
  });
});

describe('the bulkhead', () => {
  test('as many run as may, as many wait as may, the next is refused at once', async () => {
    const bulkhead = new Bulkhead({ limit: 2, maxWaiting: 3 });
    const gate = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
    };
    const admitted = Array.from({ length: 5 }, () => bulkhead.run(work));
    await assert.rejects(bulkhead.run(work), { name: 'BulkheadFullError', fault: 'unavailable' });
    assert.equal(running, 2);
    gate.resolve();
    await Promise.all(admitted);
    assert.equal(most, 2);
    await bulkhead.run(async () => undefined);
  });

  test('what will need a turn is refused at the door when it could not wait for one', async () => {
    const bulkhead = new Bulkhead({ limit: 1, maxWaiting: 2 });
    const gate = Promise.withResolvers<void>();
    const inside = Array.from({ length: 3 }, () => bulkhead.admit(() => gate.promise));
    let begun = false;
    const late = bulkhead.admit(async () => {
      begun = true;
    });
    await assert.rejects(late, { fault: 'unavailable' });
    assert.equal(begun, false);
    gate.resolve();
    await Promise.all(inside);
    assert.equal(await bulkhead.admit(async () => 'next'), 'next');
  });

  test('work whose request has no time left is not started, and leaves its place to others', async () => {
    let leftMs: number | undefined = 30;
    const bulkhead = new Bulkhead({ limit: 1, maxWaiting: 1, timeLeftMs: () => leftMs });
    const gate = Promise.withResolvers<void>();
    const first = bulkhead.run(() => gate.promise);
    let started = false;
    const late = bulkhead.run(async () => {
      started = true;
    });
    await assert.rejects(late, { name: 'BulkheadTimeoutError', fault: 'timeout' });
    leftMs = undefined;
    const next = bulkhead.run(async () => 'next');
    gate.resolve();
    assert.equal(await next, 'next');
    await first;
    assert.equal(started, false);
    leftMs = 0;
    await assert.rejects(
      bulkhead.run(async () => undefined),
      { fault: 'timeout' },
    );
  });

  test('work whose turn would come too late, as long as the last ones took, is refused at the door', async () => {
    const bulkhead = new Bulkhead({ limit: 1, maxWaiting: 32, timeLeftMs: () => 600 });
    const work = () => bulkhead.admit(() => bulkhead.run(() => sleep(100)));
    for (let i = 0; i < 20; i++) await work();
    const flood = await Promise.allSettled(Array.from({ length: 20 }, work));
    const nameOf = (outcome: PromiseSettledResult<void>) =>
      outcome.status === 'rejected' ? outcome.reason.name : 'done';
    const count = (name: string) => flood.filter((outcome) => nameOf(outcome) === name).length;
    const atTheDoor = count('BulkheadFullError');
    assert.ok(atTheDoor > 10 && atTheDoor < 20, `${atTheDoor} of 20 were refused at the door`);
    // How long work takes is an estimate: the last one let in may be too late after all.
    assert.equal(count('done') + atTheDoor + count('BulkheadTimeoutError'), 20);
    assert.ok(count('done') >= 1, 'the others were let in and done');
  });

  test('after a slow spell work is let in again: one at a time, until the estimate is down', async () => {
    let leftMs: number | undefined;
    const bulkhead = new Bulkhead({ limit: 1, maxWaiting: 1, timeLeftMs: () => leftMs });
    for (let i = 0; i < 8; i++) await bulkhead.run(() => sleep(60));
    leftMs = 100;
    for (let i = 0; i < 3; i++) assert.equal(await bulkhead.run(async () => 'let in'), 'let in');
  });

  test('work that fails leaves its place', async () => {
    const bulkhead = new Bulkhead({ limit: 1, maxWaiting: 0 });
    await assert.rejects(
      bulkhead.run(() => Promise.reject(new Error('broken'))),
      { message: 'broken' },
    );
    assert.equal(await bulkhead.run(async () => 'fine'), 'fine');
  });
});

describe('signing in', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  async function storedHash(id: string): Promise<string> {
    const { db } = auth.surroundings.database;
    const { rows } = await sql<{ password: string }>`select password from users where id = ${id}`.execute(db);
    return rows[0]?.password ?? '';
  }

  test("gomicro's bcrypt hash is let in and is argon2id from then on", async () => {
    const { id, email } = await client.signUp();
    const bcrypt = await hashBcrypt('from gomicro', 5);
    await sql`update users set password = ${bcrypt} where id = ${id}`.execute(auth.surroundings.database.db);
    assertRefused(await client.signIn(email, 'mistaken'), 401, 'invalid credentials');
    assert.equal(await storedHash(id), bcrypt);
    const answers = await Promise.all(Array.from({ length: 4 }, () => client.signIn(email, 'from gomicro')));
    for (const { status } of answers) assert.equal(status, 200);
    assert.match(await storedHash(id), /^\$argon2id\$/);
    assert.equal((await client.signIn(email, 'from gomicro')).status, 200);
  });

  test('an account without a password lets nobody in', async () => {
    const { id, email, password } = await client.signUp();
    await sql`update users set password = null where id = ${id}`.execute(auth.surroundings.database.db);
    assertRefused(await client.signIn(email, password), 401, 'invalid credentials');
  });

  test('an unknown account takes as long as a known one', async () => {
    const { email } = await client.signUp();
    // Time of the processor, which is all that a sign-in takes here, is not disturbed by what else runs.
    const measure = async (emailOf: (round: number) => string) => {
      const before = process.cpuUsage();
      for (let round = 0; round < 20; round++) {
        assertRefused(await client.signIn(emailOf(round), 'wrong password'), 401, 'invalid credentials');
      }
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const known = await measure(() => email);
    const ratio = (await measure((round) => `nobody${round}@example.com`)) / known;
    assert.ok(ratio > 0.6 && ratio < 1.6, `unknown accounts take ${ratio.toFixed(2)} of the time`);
  });

  test('a flood of sign-ins is shed with retry-after, and health goes on answering', async () => {
    const { email, password } = await client.signUp();
    // Connections are opened before: a gateway has them open, and accepting 60 at once is not what is asked here.
    await Promise.all(Array.from({ length: 61 }, () => client.get('/health')));
    const flood = Promise.all(Array.from({ length: 60 }, () => client.signIn(email, password)));
    let over = false;
    const ended = flood.finally(() => {
      over = true;
    });
    let slowest = 0;
    let asked = 0;
    while (!over) {
      const { status, tookMs } = await client.get('/health');
      assert.equal(status, 200);
      slowest = Math.max(slowest, tookMs);
      asked++;
      await sleep(5);
    }
    const answers = await ended;
    const shed = answers.filter(({ status }) => status === 503);
    assert.equal(answers.filter(({ status }) => status === 200).length + shed.length, 60);
    assert.ok(shed.length > 0 && shed.length < 60, `${shed.length} of 60 were refused`);
    for (const { headers } of shed) assert.equal(headers['retry-after'], '1');
    assert.ok(asked > 5);
    assert.ok(slowest < 500, `health took ${slowest} ms`);
  });
});
