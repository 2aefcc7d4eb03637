import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import type { RunningService } from '@tsmicro/service';
import { AuthClient, assertRefused, type Person, toList } from './auth-client.ts';
import { type AuthFixture, openAuth, openAuthServer } from './auth-fixture.ts';
import { collide } from './collision.ts';

describe('races over accounts', () => {
  let auth: AuthFixture;
  let client: AuthClient;
  let second: RunningService;
  let other: AuthClient;
  let seed: Person;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
    second = await openAuthServer(auth.surroundings);
    other = new AuthClient(second.address);
    seed = await client.signInAdmin();
  });
  after(async () => {
    await other[Symbol.asyncDispose]();
    await second.close();
    await auth[Symbol.asyncDispose]();
  });

  const setRoles = (by: Person, of: Person, roles: string[], through = client) =>
    through.put(`/admin/users/id/${of.id}/roles`, { roles }, by.tokens.accessToken);
  const deactivate = (by: Person, of: Person, through = client) =>
    through.put(`/admin/users/id/${of.id}/status`, { active: false }, by.tokens.accessToken);
  const leave = (person: Person, through = client) =>
    through.call('DELETE', '/profile/mine', { token: person.tokens.accessToken });

  /** Two new admins; there is no other one unless `beside` the seed admin. */
  async function openAdmins({ beside }: { beside: boolean }): Promise<[Person, Person]> {
    const { db } = auth.surroundings.database;
    await sql`
      delete from user_roles using roles where id = role_id and code = 'ADMIN' and user_id <> ${seed.id}
    `.execute(db);
    const pair: [Person, Person] = [await client.signUp(), await client.signUp()];
    await sql`update users set status = true where id = ${seed.id}`.execute(db);
    for (const person of pair) assert.equal((await setRoles(seed, person, ['ADMIN'])).status, 200);
    await sql`update users set status = ${beside} where id = ${seed.id}`.execute(db);
    return pair;
  }

  async function admins(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      select users.id from users join user_roles on user_id = users.id join roles on roles.id = role_id
      where code = 'ADMIN' and users.status
    `.execute(auth.surroundings.database.db);
    return rows.map(({ id }) => id);
  }

  const adminRole = sql`select from roles where code = 'ADMIN' for no key update`;

  test('of two admins who take ADMIN from each other, or shut each other out, at one moment one wins', async () => {
    const ways = [
      (a: Person, b: Person) => [() => setRoles(a, b, ['LEARNER']), () => setRoles(b, a, [], other)],
      (a: Person, b: Person) => [() => deactivate(a, b), () => deactivate(b, a, other)],
      (a: Person, b: Person) => [() => setRoles(a, b, ['AUTHOR']), () => deactivate(b, a, other)],
      (a: Person, b: Person) => [() => leave(a), () => leave(b, other)],
      (a: Person, b: Person) => [() => setRoles(a, a, []), () => leave(b, other)],
    ];
    for (const [index, way] of ways.entries()) {
      const [a, b] = await openAdmins({ beside: false });
      const [first, late] = await collide(auth.surroundings.database, adminRole, ...way(a, b));
      assert.equal(first?.status, 200, `${index}: ${first?.body.message}`);
      assert.ok(late);
      assertRefused(late, 400, /^the last admin (?:keeps ADMIN|stays active)$/);
      assert.equal((await admins()).length, 1, `${index}`);
    }
  });

  test('who has lost ADMIN at that moment changes nothing, though other admins are left', async () => {
    const ways = [
      (a: Person, b: Person) => setRoles(a, b, ['LEARNER']),
      (a: Person, b: Person) => deactivate(a, b),
    ];
    for (const way of ways) {
      const [a, b] = await openAdmins({ beside: true });
      const [first, late] = await collide(
        auth.surroundings.database,
        adminRole,
        () => way(a, b),
        () => setRoles(b, a, [], other),
      );
      assert.equal(first?.status, 200);
      assert.ok(late);
      assertRefused(late, 403, 'permission denied: role is missing');
      assert.deepEqual((await admins()).toSorted(), [a.id, seed.id].toSorted());
    }
  });

  test('20 changes of roles at once leave what one of them gave, and no fault', async () => {
    const [admin] = await openAdmins({ beside: true });
    const person = await client.signUp();
    const wishes = [['AUTHOR'], ['EDITOR', 'LEARNER'], ['ADMIN', 'AUTHOR', 'EDITOR'], []];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        setRoles(admin, person, wishes[index % 4] ?? [], index % 2 ? client : other),
      ),
    );
    for (const { status, body } of answers) assert.equal(status, 200, body.message);
    const [user] = toList(await client.get(`/admin/users?search=${person.email}`, admin.tokens.accessToken));
    const held = user?.roles?.map(({ code }) => code);
    assert.ok(
      wishes.some((wish) => wish.join() === held?.join()),
      held?.join(),
    );
  });

  test('of two changes of one password at one moment one wins, and its password is the one that opens', async () => {
    const person = await client.signUp();
    const change = (newPassword: string, through: AuthClient) => () =>
      through.put(
        '/profile/password',
        { currentPassword: person.password, newPassword },
        person.tokens.accessToken,
      );
    const [first, late] = await collide(
      auth.surroundings.database,
      sql`select from users where id = ${person.id} for no key update`,
      change('first password', client),
      change('second password', other),
    );
    assert.equal(first?.status, 200);
    assert.ok(late);
    assertRefused(late, 400, 'the password was changed a moment ago');
    assert.equal((await client.signIn(person.email, 'first password')).status, 200);
    assert.equal(await client.isIn(person.tokens), true);
  });

  test('no sign-in with the old password outlives the change that it comes beside', async () => {
    const person = await client.signUp();
    const [changed, signedIn] = await collide(
      auth.surroundings.database,
      sql`select from users where id = ${person.id} for no key update`,
      () =>
        client.put(
          '/profile/password',
          { currentPassword: person.password, newPassword: 'battery staple' },
          person.tokens.accessToken,
        ),
      () => other.signIn(person.email, person.password),
    );
    assert.equal(changed?.status, 200);
    assert.ok(signedIn);
    assertRefused(signedIn, 401, 'invalid credentials');
  });

  test('no session that is opened or renewed beside a deactivation is there after it was taken back', async () => {
    const [admin] = await openAdmins({ beside: true });
    const person = await client.signUp();
    const answers = await collide(
      auth.surroundings.database,
      sql`select from users where id = ${person.id} for no key update`,
      () => deactivate(admin, person),
      () => other.signIn(person.email, person.password),
    );
    assert.equal(answers[0]?.status, 200);
    assert.equal(answers[1]?.status, 401);
    const renewed = client.refresh(person.tokens);
    await client.put(`/admin/users/id/${person.id}/status`, { active: true }, admin.tokens.accessToken);
    assert.notEqual((await renewed).status, 200);
    const { rows } = await sql`select from keystore where user_id = ${person.id}`.execute(
      auth.surroundings.database.db,
    );
    assert.equal(rows.length, 0);
  });
});
