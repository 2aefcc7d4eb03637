import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { authentication, authorization, profileUser, profileUsers } from '@tsmicro/contracts-auth';
import { type NatsClient, requestNats } from '@tsmicro/micro';
import { ApiError } from '@tsmicro/network';
import type { RunningService } from '@tsmicro/service';
import { AuthClient, assertRefused, type Person, toPerson } from './auth-client.ts';
import { type AuthFixture, connectAsker, openAuth, openAuthServer } from './auth-fixture.ts';
import { eventsOf, keepEvents } from './told.ts';

const bearer = ({ tokens }: Pick<Person, 'tokens'>) => ({ value: `Bearer ${tokens.accessToken}` });
const isStatus = (status: number) => (error: unknown) => error instanceof ApiError && error.status === status;

describe('the own account', () => {
  let auth: AuthFixture;
  let client: AuthClient;
  let nats: NatsClient;
  let second: RunningService;
  let other: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
    await keepEvents(auth.surroundings.database);
    const changes = { RATE_LIMIT: 'on', SIGNIN_FAILURES_PER_ACCOUNT: '3', PASSWORD_DENYLIST: 'on' };
    second = await openAuthServer(auth.surroundings, changes);
    other = new AuthClient(second.address);
    nats = await connectAsker(auth.surroundings);
  });
  after(async () => {
    await nats.close();
    await other[Symbol.asyncDispose]();
    await second.close();
    await auth[Symbol.asyncDispose]();
  });

  const changeMine = (person: Person, body: unknown) =>
    client.put('/profile/mine', body, person.tokens.accessToken);
  const changePassword = (person: Person, body: unknown) =>
    client.put('/profile/password', body, person.tokens.accessToken);
  const signInAgain = async ({ email, password }: Person) =>
    toPerson(await client.signIn(email, password), password);

  test('PASSWORD_DENYLIST: nobody chooses a password that everybody tries first, but who has one signs in', async () => {
    // Where it is off, as in development.
    const { email, password } = await client.signUp({ password: 'sunshine1' });
    const body = { email: 'x', password: 'SunShine1', name: 'Ann' };
    const refused = 'email is not a valid email, password is too common';
    assertRefused(await other.post('/signup/basic', body), 400, refused);
    const { accessToken } = toPerson(await other.signIn(email, password), password).tokens;
    const change = (newPassword: string) =>
      other.put('/profile/password', { currentPassword: password, newPassword }, accessToken);
    assertRefused(await change('QWERTYuiop'), 400, 'newPassword is too common');
    // One that is common too, and too short: that says more.
    assertRefused(await change('12345'), 400, 'newPassword must be at least 6 characters');
    assert.equal((await change('sunshine in a 1 bottle')).status, 200);
  });

  test('a profile changes in what is given, and in nothing else', async () => {
    const person = await client.signUp({ name: 'Ann', profilePicUrl: 'https://example.com/a.png' });
    const renamed = await changeMine(person, { name: 'Bea', email: 'new@example.com', roles: [], id: '1' });
    assert.equal(renamed.status, 200);
    const { roles, ...rest } = renamed.body.data ?? {};
    const expected = {
      id: person.id,
      email: person.email,
      name: 'Bea',
      profilePicUrl: 'https://example.com/a.png',
    };
    assert.deepEqual(rest, expected);
    assert.deepEqual(
      roles?.map(({ code }) => code),
      ['LEARNER'],
    );
    const pictured = await changeMine(person, { name: null, profilePicUrl: 'https://example.com/b.png' });
    assert.equal(pictured.body.data?.name, 'Bea');
    assert.equal(pictured.body.data?.profilePicUrl, 'https://example.com/b.png');
    assert.deepEqual((await client.get('/profile/mine', person.tokens.accessToken)).body, pictured.body);
    const bare = await changeMine(person, { profilePicUrl: '' });
    assert.deepEqual(Object.keys(bare.body.data ?? {}).sort(), ['email', 'id', 'name', 'roles']);
    const shown = { id: person.id, name: 'Bea' };
    assert.deepEqual(
      (await eventsOf(auth.surroundings.database, person.id)).filter(({ type }) =>
        /user\.(?!reg)/.test(type),
      ),
      ['https://example.com/a.png', 'https://example.com/b.png', undefined].map((profilePicUrl) => ({
        type: 'events.auth.user.updated',
        data: { ...shown, ...(profilePicUrl === undefined ? {} : { profilePicUrl }) },
      })),
    );
  });

  test('what changes nothing is a success, and no event', async () => {
    const person = await client.signUp({ name: 'Ann' });
    const before = await eventsOf(auth.surroundings.database, person.id);
    for (const body of [
      {},
      { name: 'Ann' },
      { name: null, profilePicUrl: null },
      { profilePicUrl: '' },
      undefined,
    ]) {
      assert.equal((await changeMine(person, body)).body.data?.name, 'Ann');
    }
    assert.deepEqual(await eventsOf(auth.surroundings.database, person.id), before);
  });

  test('every bad field of a profile is named, after the token was looked at', async () => {
    const person = await client.signUp();
    const bad = { name: 'x', profilePicUrl: 'javascript:alert(1)' };
    const complaint = 'name must be at least 2 characters, profilePicUrl is not a valid URL';
    assertRefused(await changeMine(person, bad), 400, complaint);
    assertRefused(await changeMine(person, { name: '  ' }), 400, 'name is required');
    assertRefused(await changeMine(person, { profilePicUrl: ' ' }), 400, 'profilePicUrl is not a valid URL');
    assertRefused(await changeMine(person, { profilePicUrl: 7 }), 400, 'profilePicUrl is invalid');
    assertRefused(
      await client.call('PUT', '/profile/mine', { body: bad }),
      401,
      'authorization header is missing',
    );
    const longest = '\u{1F600}'.repeat(200);
    assert.equal((await changeMine(person, { name: longest })).body.data?.name, longest);
    const longer = await changeMine(person, { name: `${longest}x` });
    assertRefused(longer, 400, 'name must be at most 200 characters');
  });

  test('no read that begins after the answer shows the old profile, on any instance, under reads', async () => {
    const person = await client.signUp();
    let over = false;
    const flood = async (reader: AuthClient) => {
      while (!over) await reader.get(`/profile/id/${person.id}`);
    };
    const floods = [client, other, client, other].map(flood);
    try {
      for (let round = 0; round < 12; round++) {
        const name = `Name ${round}`;
        assert.equal((await changeMine(person, { name })).status, 200);
        const [here, there, mine, asked, listed, known] = await Promise.all([
          client.get(`/profile/id/${person.id}`),
          other.get(`/profile/id/${person.id.toUpperCase()}`),
          other.get('/profile/mine', person.tokens.accessToken),
          requestNats(nats, profileUser, { value: person.id }),
          requestNats(nats, profileUsers, { ids: [person.id] }),
          requestNats(nats, authentication, bearer(person)),
        ]);
        const seen = [here, there, mine].map(({ body }) => body.data?.name);
        seen.push(asked.name, listed.users[0]?.name, known.name);
        assert.deepEqual(seen, Array(6).fill(name), `round ${round}`);
      }
    } finally {
      over = true;
      await Promise.all(floods);
    }
  });

  test('a new password ends every other session, at once and everywhere, and is the only one', async () => {
    const person = await client.signUp();
    const [left, gone] = [await signInAgain(person), await signInAgain(person)];
    assert.equal((await requestNats(nats, authentication, bearer(gone))).id, person.id);
    assert.equal(await other.isIn(left.tokens), true);
    const body = { currentPassword: person.password, newPassword: 'battery staple' };
    const answer = await changePassword(person, body);
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'success' });
    for (const { tokens } of [left, gone]) {
      assert.equal(await other.isIn(tokens), false);
      assert.equal(await client.isIn(tokens), false);
      await assert.rejects(requestNats(nats, authentication, bearer({ tokens })), isStatus(401));
      assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    }
    assert.equal(await client.isIn(person.tokens), true);
    assertRefused(await client.signIn(person.email, person.password), 401, 'invalid credentials');
    assert.equal((await client.signIn(person.email, 'battery staple')).status, 200);
    assert.equal((await client.refresh(person.tokens)).status, 200);
    const types = (await eventsOf(auth.surroundings.database, person.id)).map(({ type }) => type);
    assert.ok(types.includes('events.auth.session.revoked'), types.join());
  });

  test('a wrong current password changes nothing, and ends nothing', async () => {
    const person = await client.signUp();
    const session = await signInAgain(person);
    const wrong = { currentPassword: 'wrong horse', newPassword: 'battery staple' };
    assertRefused(await changePassword(person, wrong), 401, 'invalid credentials');
    assert.equal(await client.isIn(person.tokens), true);
    assert.equal(await client.isIn(session.tokens), true);
    assert.equal((await client.signIn(person.email, person.password)).status, 200);
    assertRefused(
      await changePassword(person, { newPassword: 'short' }),
      400,
      'currentPassword is required, newPassword must be at least 6 characters',
    );
    assertRefused(
      await changePassword(person, { currentPassword: person.password, newPassword: 'x'.repeat(101) }),
      400,
      'newPassword must be at most 100 characters',
    );
  });

  test('guessing the current password is throttled, and the session and sign-in go on', async () => {
    const person = await client.signUp();
    const guess = (currentPassword: string) =>
      other.put(
        '/profile/password',
        { currentPassword, newPassword: 'battery staple' },
        person.tokens.accessToken,
      );
    for (let tries = 0; tries < 3; tries++)
      assertRefused(await guess('wrong horse'), 401, 'invalid credentials');
    const throttled = await guess(person.password);
    assertRefused(throttled, 429, 'too many attempts');
    assert.ok(Number(throttled.headers['retry-after']) >= 1);
    assert.equal(await other.isIn(person.tokens), true);
    assert.equal((await other.signIn(person.email, person.password)).status, 200);
  });

  test('a deactivated account is out everywhere, and only its name stays for what it wrote', async () => {
    const person = await client.signUp({ name: 'Gone' });
    const session = await signInAgain(person);
    await client.get(`/profile/id/${person.id}`);
    await requestNats(nats, authentication, bearer(session));
    const answer = await client.call('DELETE', '/profile/mine', { token: person.tokens.accessToken });
    assert.deepEqual(answer.body, { code: '10000', status: 200, message: 'success' });
    for (const { tokens } of [person, session]) {
      assert.equal(await client.isIn(tokens), false);
      assert.equal(await other.isIn(tokens), false);
      await assert.rejects(requestNats(nats, authentication, bearer({ tokens })), isStatus(401));
      assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    }
    const { id, email } = person;
    const asked = { user: { id, email, name: 'Gone' }, roles: ['LEARNER'] };
    await assert.rejects(requestNats(nats, authorization, asked), isStatus(403));
    assertRefused(await client.signIn(email, person.password), 401, 'invalid credentials');
    assertRefused(
      await client.post('/signup/basic', { email, password: 'correct horse', name: 'Again' }),
      400,
      'user already registered',
    );
    assertRefused(await other.get(`/profile/id/${id}`), 404, 'user not found');
    assert.equal((await requestNats(nats, profileUser, { value: id })).name, 'Gone');
    const events = await eventsOf(auth.surroundings.database, id);
    assert.deepEqual(events.at(0), { type: 'events.auth.user.registered', data: { id, name: 'Gone' } });
    assert.ok(events.some(({ type, data }) => type === 'events.auth.user.deactivated' && data.id === id));
  });

  test('auth.profile.users: those of the ids that there are, each once, in any letter case', async () => {
    const ann = await client.signUp({ name: 'Ann', profilePicUrl: 'https://example.com/a.png' });
    const bob = await client.signUp({ name: 'Bob' });
    const unknown = '00000000-0000-4000-8000-000000000000';
    const ids = [ann.id, bob.id.toUpperCase(), bob.id, unknown];
    const { users } = await requestNats(nats, profileUsers, { ids });
    assert.deepEqual(
      users.sort((a, b) => a.name.localeCompare(b.name)),
      [
        { id: ann.id, name: 'Ann', email: ann.email, profilePicUrl: 'https://example.com/a.png' },
        { id: bob.id, name: 'Bob', email: bob.email },
      ],
    );
    assert.deepEqual(await requestNats(nats, profileUsers, { ids: [unknown] }), { users: [] });
    const ask = async (data: unknown) =>
      (
        await nats.connection.request('auth.profile.users', JSON.stringify({ data }), { timeout: 5_000 })
      ).string();
    const tooMany = Array<string>(101).fill(unknown);
    for (const wrong of [[], tooMany, 'x', undefined])
      assert.match(await ask({ ids: wrong }), /^\{"error":"400:ids/);
    assert.match(await ask({ ids: ['x'] }), /^\{"error":"400:ids\[0\] must be a valid UUID"\}$/);
  });
});
