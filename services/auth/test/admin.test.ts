import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { authentication, authorization } from '@tsmicro/contracts-auth';
import { type NatsClient, requestNats } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import { sql } from '@tsmicro/postgres';
import { type AdministeredAuth, openAdministeredAuth } from './administered-auth.ts';
import { type AuthClient, assertRefused, type Person, toList } from './auth-client.ts';
import { eventsOf } from './told.ts';

const isStatus = (status: number) => (error: unknown) => error instanceof ApiError && error.status === status;
const codesOf = (roles: { code: string }[] | undefined) => roles?.map(({ code }) => code);

describe('the administration of users', () => {
  let auth: AdministeredAuth;
  let client: AuthClient;
  let nats: NatsClient;
  let admin: Person;

  before(async () => {
    auth = await openAdministeredAuth();
    ({ client, nats, admin } = auth);
  });
  after(() => auth[Symbol.asyncDispose]());

  const setRoles = (id: string, roles: unknown, by = admin) =>
    client.put(`/admin/users/id/${id}/roles`, { roles }, by.tokens.accessToken);
  const setActive = (id: string, active: unknown, by = admin) =>
    client.put(`/admin/users/id/${id}/status`, { active }, by.tokens.accessToken);
  const list = async (query: Record<string, string>) =>
    toList(await client.get(`/admin/users?${new URLSearchParams(query)}`, admin.tokens.accessToken));

  test('only ADMIN may: no other role, nor all others together, and that comes before validation', async () => {
    const { id } = await client.signUp();
    const calls = [
      (token?: string) => client.get('/admin/users?page=x', token),
      (token = '') => client.put(`/admin/users/id/${id}/roles`, {}, token),
      (token = '') => client.put('/admin/users/id/x/status', {}, token),
    ];
    const others = ['LEARNER', 'AUTHOR', 'EDITOR'];
    for (const roles of [...others.map((role) => [role]), others, []]) {
      const person = await client.signUp();
      assert.equal((await setRoles(person.id, roles)).status, 200);
      for (const call of calls) {
        assertRefused(await call(person.tokens.accessToken), 403, 'permission denied: role is missing');
      }
    }
    for (const call of calls) {
      assertRefused(await call(), 401, /^authorization header is m/);
      assert.equal((await call(admin.tokens.accessToken)).status, 400);
    }
  });

  test('users are listed newest first, page by page, with what administrators need and nothing more', async () => {
    const tag = randomUUID().slice(0, 8);
    const people: Person[] = [];
    for (const name of ['One', 'Two', 'Three']) people.push(await client.signUp({ name: `${name} ${tag}` }));
    await setActive(people[1]?.id ?? '', false);
    const [newest, ...rest] = await list({ search: tag });
    assert.deepEqual(
      [newest, ...rest].map((user) => [user?.id, user?.active]),
      people.toReversed().map(({ id }) => [id, id !== people[1]?.id]),
    );
    const { roles, createdAt = '', ...user } = newest ?? {};
    assert.deepEqual(user, {
      id: people[2]?.id,
      email: people[2]?.email,
      name: `Three ${tag}`,
      active: true,
    });
    assert.deepEqual(codesOf(roles), ['LEARNER']);
    assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000);
    const pages = await Promise.all(['1', '2', '3'].map((page) => list({ search: tag, page, limit: '2' })));
    assert.deepEqual(
      pages.map((page) => page.map(({ id }) => id)),
      [[people[2]?.id, people[1]?.id], [people[0]?.id], []],
    );
    assert.ok((await list({ limit: '1000' })).length >= 4);
    assert.equal((await list({ search: '  ', limit: '1' })).length, 1);
    const wrong = await client.get('/admin/users?page=0&limit=1001', admin.tokens.accessToken);
    assertRefused(wrong, 400, 'page must be min 1, limit must be max 1000');
  });

  test('a search finds words in name or email, in any letter case, and takes no sign for a pattern', async () => {
    const tag = randomUUID().slice(0, 8);
    const name = `Ünal 100%_sure \\o/ ${tag}`;
    const { id } = await client.signUp({ name, email: `u.nal+${tag}@Example.com` });
    await client.signUp({ name: `Else 100 sure ${tag}` });
    const found = async (search: string) =>
      (await list({ search: `${search} ${tag}` })).map((user) => user.id);
    for (const search of [
      'ünal',
      'ÜNAL sure',
      '100%',
      '%_s',
      '_',
      '%',
      '\\o',
      '\\',
      'u.nal+',
      'EXAMPLE.com ünal',
      '0%_SURE',
    ]) {
      assert.deepEqual(await found(search), [id], search);
    }
    for (const search of ['%%', 'ü%l', 'u_nal']) {
      assert.deepEqual(await found(search), [], search);
    }
    assert.deepEqual(await found("'; drop table users; --"), []);
    const long = await client.get(`/admin/users?search=${'x'.repeat(201)}`, admin.tokens.accessToken);
    assertRefused(long, 400, 'search must be at most 200 characters');
  });

  test('a search is answered out of an index', async () => {
    const { db } = auth.surroundings.database;
    const plan = await auth.surroundings.database.transaction(async (transaction) => {
      await sql`set local enable_seqscan = off`.execute(transaction);
      return sql<Record<string, string>>`
        explain select id from users where (name || ' ' || email) ilike '%nobody%'
      `.execute(transaction);
    });
    assert.match(JSON.stringify(plan.rows), /users_search_idx/);
    const { rows } = await sql`select from pg_indexes where indexname = 'users_created_at_idx'`.execute(db);
    assert.equal(rows.length, 1);
  });

  test('roles are those that are given and no others, and hold from the next request on', async () => {
    const person = await client.signUp();
    const { id, email } = person;
    const isHeld = async (role: string) =>
      requestNats(nats, authorization, { user: { id, email, name: 'Ann' }, roles: [role] }).then(
        () => true,
        (error) => !isStatus(403)(error),
      );
    const answer = await setRoles(id.toUpperCase(), ['EDITOR', 'AUTHOR', 'EDITOR']);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body.data ?? {}).sort(), ['email', 'id', 'name', 'roles']);
    assert.deepEqual(codesOf(answer.body.data?.roles), ['AUTHOR', 'EDITOR']);
    for (const role of answer.body.data?.roles ?? []) assert.match(role.id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(await Promise.all(['AUTHOR', 'EDITOR', 'LEARNER'].map(isHeld)), [true, true, false]);
    const mine = await client.get('/profile/mine', person.tokens.accessToken);
    assert.deepEqual(mine.body.data?.roles, answer.body.data?.roles);
    await setRoles(id, ['ADMIN']);
    assert.deepEqual(await Promise.all(['AUTHOR', 'ADMIN'].map(isHeld)), [false, true]);
    assert.equal((await client.get('/admin/users', person.tokens.accessToken)).status, 200);
    await setRoles(id, ['ADMIN']);
    await setRoles(id, []);
    assertRefused(
      await client.get('/admin/users', person.tokens.accessToken),
      403,
      'permission denied: role is missing',
    );
    const changes = (await eventsOf(auth.surroundings.database, id)).filter(({ type }) =>
      type.endsWith('roles-changed'),
    );
    assert.deepEqual(
      changes.map(({ data }) => data),
      [['AUTHOR', 'EDITOR'], ['ADMIN'], []].map((roles) => ({ id, roles })),
    );
  });

  test('roles that there are not, ids of another kind and users that there are not are refused', async () => {
    const { id } = await client.signUp();
    assertRefused(await setRoles(id, ['AUTHOR', 'author']), 400, 'roles[1] is invalid');
    assertRefused(await setRoles(id, ['ROOT']), 400, 'roles[0] is invalid');
    assertRefused(await setRoles(id, undefined), 400, 'roles is required');
    assertRefused(await setRoles(id, 'ADMIN'), 400, 'roles is invalid');
    for (const value of [{ $ne: null }, { 0: 'ADMIN' }, [['ADMIN']], [1], ['\0'], ['x'.repeat(100_000)]]) {
      assertRefused(await setRoles(id, value), 400, /^roles(?:\[0\])? is invalid$/);
    }
    assertRefused(await setRoles('x', null), 400, 'id must be a valid UUID, roles is required');
    assertRefused(await setRoles(randomUUID(), ['AUTHOR']), 404, 'user not found');
    assertRefused(await setActive(id, 'yes'), 400, 'active is invalid');
    assertRefused(await setActive(id, undefined), 400, 'active is required');
    assertRefused(await setActive(randomUUID(), false), 404, 'user not found');
    assertRefused(await setActive(randomUUID(), true), 404, 'user not found');
  });

  test('the last admin keeps ADMIN, stays active and cannot leave', async () => {
    const { id } = await client.signUp();
    await setRoles(id, ['ADMIN']);
    await setActive(id, false);
    assertRefused(await setRoles(admin.id, ['AUTHOR', 'EDITOR']), 400, 'the last admin keeps ADMIN');
    assertRefused(await setRoles(admin.id.toUpperCase(), []), 400, 'the last admin keeps ADMIN');
    assertRefused(await setActive(admin.id, false), 400, 'the last admin stays active');
    const leave = await client.call('DELETE', '/profile/mine', { token: admin.tokens.accessToken });
    assertRefused(leave, 400, 'the last admin stays active');
    const all = ['ADMIN', 'AUTHOR', 'EDITOR', 'LEARNER'];
    assert.deepEqual(codesOf((await setRoles(admin.id, all)).body.data?.roles), all);
    assert.equal((await setActive(admin.id, true)).status, 200);
  });

  test('who is deactivated is out at the next request, and comes back without the old sessions', async () => {
    const person = await client.signUp();
    const { id, email, password, tokens } = person;
    const header = { value: `Bearer ${tokens.accessToken}` };
    assert.equal((await requestNats(nats, authentication, header)).id, id);
    const answer = await setActive(id, false);
    assert.deepEqual(Object.keys(answer.body.data ?? {}).sort(), ['email', 'id', 'name', 'roles']);
    assert.equal(await client.isIn(tokens), false);
    await assert.rejects(requestNats(nats, authentication, header), isStatus(401));
    assertRefused(await client.signIn(email, password), 401, 'invalid credentials');
    assertRefused(await client.get(`/profile/id/${id}`), 404, 'user not found');
    assert.equal((await setActive(id, false)).status, 200);
    assert.equal((await setActive(id, true)).status, 200);
    assert.equal(await client.isIn(tokens), false);
    assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    assert.equal((await client.get(`/profile/id/${id}`)).status, 200);
    assert.equal((await client.signIn(email, password)).status, 200);
    const types = (await eventsOf(auth.surroundings.database, id)).map(({ type }) => type);
    for (const type of ['events.auth.user.deactivated', 'events.auth.user.updated']) {
      assert.equal(types.filter((told) => told === type).length, 1, type);
    }
  });
});
