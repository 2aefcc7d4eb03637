import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { apiKeyRevoked, apiKeyVerification } from '@tsmicro/contracts-auth';
import { type NatsClient, requestNats } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import { sql } from '@tsmicro/postgres';
import { type AdministeredAuth, openAdministeredAuth } from './administered-auth.ts';
import { type Answer, AuthClient, assertRefused, toList } from './auth-client.ts';
import { eventually, openAuthServer } from './auth-fixture.ts';
import { eventsOf } from './told.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** What an answer tells of a key. */
interface Shown {
  id: string;
  key: string;
  prefix: string;
  permissions: string[];
  comments: string[];
  version: number;
  active: boolean;
  expiresAt?: string;
  lastUsedAt?: string;
  createdAt: string;
}

/** The tests look at what the answers really hold. */
function toShown({ status, body }: Answer): Shown {
  assert.equal(status, 200, body.message);
  return body.data as unknown as Shown;
}

describe('API keys', () => {
  let auth: AdministeredAuth;
  let client: AuthClient;
  let nats: NatsClient;
  let admin: string;

  before(async () => {
    auth = await openAdministeredAuth();
    ({ client, nats } = auth);
    admin = auth.admin.tokens.accessToken;
  });
  after(() => auth[Symbol.asyncDispose]());

  const create = (body: unknown = { permissions: ['GENERAL'] }) => client.post('/apikeys', body, admin);
  const make = async (body?: unknown) => toShown(await create(body));
  const show = async (id: string) => toShown(await client.get(`/apikeys/id/${id}`, admin));
  const rotate = (id: string, body?: unknown) => client.post(`/apikeys/id/${id}/rotate`, body, admin);
  const revoke = (id: string) => client.call('DELETE', `/apikeys/id/${id}`, { token: admin });
  const verify = (key: string, at = client) =>
    at.call('GET', '/verify/apikey', { headers: { 'x-api-key': key } });
  const eventsAbout = (id: string) => eventsOf(auth.surroundings.database, id);

  const database = () => auth.surroundings.database.db;

  function assertExpiresIn(answer: Answer, sec: number): void {
    assert.equal(answer.status, 200, answer.body.message);
    const left = Number(answer.headers['x-apikey-expires-in']);
    assert.ok(Number.isInteger(left) && left > sec - 100 && left <= sec, `expires in ${left}`);
  }

  test('a new key opens the system; it is shown this once, and stored as its SHA-256 and a prefix', async () => {
    const given = { permissions: ['GENERAL', 'REPORTS'], comments: ['the web site', '数'] };
    const { key, ...made } = await make(given);
    assert.match(key, /^[\w-]{43}$/);
    assert.deepEqual(made, {
      ...given,
      id: made.id,
      prefix: key.slice(0, 8),
      version: 1,
      active: true,
      createdAt: made.createdAt,
    });
    assert.ok(Math.abs(Date.parse(made.createdAt) - Date.now()) < 60_000);
    const answer = await verify(key);
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'success' });
    assert.equal(answer.headers['x-apikey-expires-in'], undefined);
    const { lastUsedAt, ...later } = await show(made.id);
    assert.deepEqual(later, made);
    const { rows } = await sql<{ key: string; text: string }>`
      select key, api_keys::text as text from api_keys where id = ${made.id}
    `.execute(database());
    assert.equal(rows[0]?.key, hashOf(key));
    assert.equal(rows[0]?.text.includes(key), false);
    assert.deepEqual(await eventsAbout(made.id), [
      {
        type: 'events.auth.apikey.created',
        data: { id: made.id, hash: hashOf(key), prefix: key.slice(0, 8) },
      },
    ]);
  });

  test('only ADMIN may: no other role, and that comes before validation', async () => {
    const learner = await client.signUp();
    const calls = [
      ['POST', '/apikeys'],
      ['GET', '/apikeys?page=x'],
      ['GET', '/apikeys/id/x'],
      ['POST', '/apikeys/id/x/rotate'],
      ['DELETE', '/apikeys/id/x'],
    ] as const;
    for (const [method, path] of calls) {
      const body = method === 'POST' ? { body: 'no json' } : {};
      assert.equal((await client.call(method, path, body)).status, 401, path);
      const token = learner.tokens.accessToken;
      assertRefused(
        await client.call(method, path, { ...body, token }),
        403,
        'permission denied: role is missing',
      );
    }
  });

  test('what is no key, no page, no grace is refused with every bad field named', async () => {
    const longAgo = new Date(Date.now() - 1_000).toISOString();
    const cases = [
      [create({}), 'permissions is required'],
      [create({ permissions: [] }), 'permissions is invalid'],
      [create({ permissions: ['GENERAL', 'general'] }), 'permissions[1] is invalid'],
      [create({ permissions: ['GENERAL', 'GENERAL'] }), 'permissions is invalid'],
      [create({ permissions: ['A'], comments: ['x', ' '] }), 'comments[1] is required'],
      [create({ permissions: ['A'], expiresAt: '2030-02-30T00:00:00Z' }), 'expiresAt is invalid'],
      [create({ permissions: 1, expiresAt: 'soon' }), 'permissions is invalid, expiresAt is invalid'],
      [create({ permissions: ['A'], expiresAt: longAgo }), 'expiresAt must be in the future'],
      [rotate(unknownId, { graceSec: -1 }), 'graceSec must be min 0'],
      [rotate(unknownId, { graceSec: 86_401 }), 'graceSec must be max 86400'],
      [rotate(unknownId, { graceSec: 1.5 }), 'graceSec is invalid'],
      [rotate('x'), 'id must be a valid UUID'],
      [client.get('/apikeys?limit=0', admin), 'limit must be min 1'],
    ] as const;
    for (const [answer, message] of cases) assertRefused(await answer, 400, message);
    for (const answer of [
      rotate(unknownId),
      revoke(unknownId),
      client.get(`/apikeys/id/${unknownId}`, admin),
    ])
      assertRefused(await answer, 404, 'api key not found');
  });

  test('no value of any field is a fault of ours', async () => {
    const { id } = await make();
    const values = [
      { $ne: null },
      ['a'],
      [[]],
      true,
      -1,
      1e308,
      '',
      '\0',
      '\ud800',
      "'; --",
      'x'.repeat(100_000),
    ];
    for (const value of values) {
      const answers = await Promise.all([
        ...['permissions', 'comments', 'expiresAt'].map((field) =>
          create({ permissions: ['GENERAL'], [field]: value }),
        ),
        create({ permissions: [value], comments: [value] }),
        rotate(id, { graceSec: value }),
        client.get(`/apikeys?page=${encodeURIComponent(JSON.stringify(value))}`, admin),
        client.get(`/apikeys/id/${encodeURIComponent(JSON.stringify(value)).slice(0, 2_000)}`, admin),
      ]);
      for (const { status, body } of answers) {
        assert.ok(status === 200 || status === 400 || status === 414, `${value}: ${status}`);
        assert.equal(body.status, status);
      }
    }
    const far = await make({ permissions: ['GENERAL'], expiresAt: '9999-12-31T23:59:59Z' });
    assert.equal((await verify(far.key)).status, 200);
  });

  test('the list has the newest first, in pages, with those that are over, and no key in it', async () => {
    const made = [await make(), await make(), await make()];
    await revoke(made[1]?.id ?? '');
    const first = await client.get('/apikeys?page=1&limit=2', admin);
    const second = await client.get('/apikeys?page=2&limit=2', admin);
    const listed = [...toList(first), ...toList(second)];
    assert.deepEqual(
      listed.slice(0, 3).map(({ id }) => id),
      made.map(({ id }) => id).reverse(),
    );
    assert.deepEqual(
      listed.slice(0, 3).map(({ active }) => active),
      [true, false, true],
    );
    for (const { key } of made) assert.equal(JSON.stringify(listed).includes(key), false);
  });

  test('a revoked key is over at once, also over NATS, and stays so', async () => {
    const { id, key, prefix } = await make();
    assert.equal((await revoke(id.toUpperCase())).status, 200);
    assertRefused(await verify(key), 403, 'x-api-key is invalid');
    await assert.rejects(
      requestNats(nats, apiKeyVerification, { value: key }),
      (error) => error instanceof ApiError && error.status === 403,
    );
    assert.equal((await show(id)).active, false);
    assert.equal((await revoke(id)).status, 200);
    assertRefused(await rotate(id), 400, 'api key is not active');
    const named = { id, hash: hashOf(key), prefix };
    assert.deepEqual(await eventsAbout(id), [
      { type: 'events.auth.apikey.created', data: named },
      { type: 'events.auth.apikey.revoked', data: named },
    ]);
  });

  test('auth.apikey.verification tells whose key it is and what it may be used for', async () => {
    const { id, key } = await make({ permissions: ['B', 'A'] });
    const ask = async (data: unknown) =>
      (
        await nats.connection.request('auth.apikey.verification', JSON.stringify({ data }), {
          timeout: 5_000,
        })
      ).string();
    assert.equal(await ask({ value: key }), `{"data":{"id":"${id}","permissions":["B","A"]}}`);
    assert.equal(await ask({ value: `${key}x` }), '{"error":"403:x-api-key is invalid"}');
    assert.equal(await ask({ value: ' ' }), '{"error":"400:value is required"}');
  });

  test('a rotated key lives on for its grace, and says for how long; the new one has no end', async () => {
    const old = await make({ permissions: ['GENERAL'], comments: ['app'] });
    const next = toShown(await rotate(old.id, { graceSec: 600 }));
    assert.deepEqual({ ...next, key: '', prefix: '' }, { ...old, key: '', prefix: '', version: 2 });
    assert.notEqual(next.key, old.key);
    const inGrace = await verify(old.key);
    assert.equal(inGrace.status, 200);
    assertExpiresIn(inGrace, 600);
    assert.equal((await verify(next.key)).headers['x-apikey-expires-in'], undefined);
    await sql`update retired_api_keys set expires_at = now() where api_key_id = ${old.id}`.execute(
      database(),
    );
    assertRefused(await verify(old.key), 403, 'x-api-key is invalid');
    assert.equal((await verify(next.key)).status, 200);
    const [, created, revoked, ...more] = await eventsAbout(old.id);
    assert.equal(created?.data.hash, hashOf(next.key));
    assert.equal(revoked?.type, 'events.auth.apikey.revoked');
    assert.equal(revoked?.data.hash, hashOf(old.key));
    const endsInSec = (Date.parse(String(revoked?.data.endsAt)) - Date.now()) / 1_000;
    assert.ok(endsInSec > 500 && endsInSec <= 600);
    assert.deepEqual(more, []);
  });

  test('without a grace the old key is over at once, with those that it had replaced', async () => {
    const first = await make();
    const second = toShown(await rotate(first.id, { graceSec: 86_400 }));
    const third = toShown(await rotate(first.id, { graceSec: 3_600 }));
    for (const { key } of [first, second, third]) assert.equal((await verify(key)).status, 200);
    const fourth = toShown(await rotate(first.id));
    for (const { key } of [first, second, third])
      assertRefused(await verify(key), 403, 'x-api-key is invalid');
    assert.equal((await verify(fourth.key)).status, 200);
    const over = (await eventsAbout(first.id)).slice(-3).map(({ data }) => [data.hash, data.endsAt]);
    assert.deepEqual(
      new Set(over.map(([hash]) => hash)),
      new Set([first, second, third].map(({ key }) => hashOf(key))),
    );
    assert.ok(over.every(([, endsAt]) => endsAt === undefined));
  });

  test('revoking ends the grace of what was replaced', async () => {
    const old = await make();
    const next = toShown(await rotate(old.id, { graceSec: 600 }));
    await revoke(old.id);
    for (const { key } of [old, next]) assertRefused(await verify(key), 403, 'x-api-key is invalid');
    const told = (await eventsAbout(old.id)).slice(-2);
    assert.ok(told.every(({ type, data }) => type === apiKeyRevoked.type && data.endsAt === undefined));
    assert.deepEqual(
      new Set(told.map(({ data }) => data.hash)),
      new Set([hashOf(old.key), hashOf(next.key)]),
    );
  });

  test('a key expires, and says how long it lives before', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const made = await make({ permissions: ['GENERAL'], expiresAt });
    assert.equal(made.expiresAt, expiresAt);
    assertExpiresIn(await verify(made.key), 3_600);
    await sql`update api_keys set expires_at = now() where id = ${made.id}`.execute(database());
    assertRefused(await verify(made.key), 403, 'x-api-key is invalid');
    assert.equal((await show(made.id)).active, false);
    assertRefused(await rotate(made.id), 400, 'api key is not active');
  });

  test('of rotations at once each gives a key that works; beside a revocation nothing survives', async () => {
    const { id, key } = await make();
    const many = Array.from({ length: 8 });
    const rotated = await Promise.all(many.map(() => rotate(id, { graceSec: 60 })));
    const keys = [key, ...rotated.map((answer) => toShown(answer).key)];
    assert.equal((await show(id)).version, 9);
    for (const one of keys) assert.equal((await verify(one)).status, 200);
    const answers = await Promise.all([revoke(id), ...many.map(() => rotate(id, { graceSec: 60 }))]);
    for (const { status, body } of answers) {
      assert.ok(status === 200 || body.message === 'api key is not active', body.message);
      if (body.data !== undefined) keys.push((body.data as unknown as Shown).key);
    }
    for (const one of keys) assertRefused(await verify(one), 403, 'x-api-key is invalid');
  });

  test('the last use is noted once a minute over all instances, and never in the way of a check', async () => {
    const [first, second] = [await make(), await make()];
    const noted = (id: string) =>
      eventually(
        () => show(id),
        ({ lastUsedAt }) => lastUsedAt !== undefined,
      );
    await auth.surroundings.database.transaction(async (transaction) => {
      await sql`select from api_keys where id = ${first.id} for update`.execute(transaction);
      for (let i = 0; i < 20; i++) assert.equal((await verify(first.key)).status, 200);
    });
    const { lastUsedAt } = await noted(first.id);
    assert.ok(Math.abs(Date.parse(lastUsedAt ?? '') - Date.now()) < 60_000);
    await using other = await openAuthServer(auth.surroundings);
    await using elsewhere = new AuthClient(other.address);
    for (const { key } of [first, second]) assert.equal((await verify(key, elsewhere)).status, 200);
    assert.ok((await noted(second.id)).lastUsedAt);
    assert.equal((await show(first.id)).lastUsedAt, lastUsedAt);
  });
});
