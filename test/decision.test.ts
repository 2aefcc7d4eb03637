import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { System, type Tokens } from './system.ts';

const password = 'a-long-password';

interface Person {
  id: string;
  email: string;
  tokens: Tokens;
}

describe('what auth decides, with two instances of each service', () => {
  let system: System;
  let blogs: string[];
  let admin: Tokens;
  before(async () => {
    system = await System.open('--balanced');
    blogs = (await system.addresses()).instances.blog ?? [];
    admin = await system.signIn();
  });
  after(() => system[Symbol.asyncDispose]());

  let people = 0;

  async function signUp(...roles: string[]): Promise<Person> {
    const email = `person-${++people}@example.com`;
    const body = { email, password, name: `Person ${people}` };
    const signedUp = system.data<{ user: { id: string }; tokens: Tokens }>('POST', '/auth/signup/basic', {
      body,
    });
    const { user, tokens } = await signedUp;
    await give(user.id, ...roles);
    return { id: user.id, email, tokens };
  }

  async function give(id: string, ...roles: string[]): Promise<void> {
    const path = `/auth/admin/users/id/${id}/roles`;
    await system.data('PUT', path, { body: { roles }, token: admin.accessToken });
  }

  /** What each instance of blog says to this token, asked at the same time. */
  const statuses = ({ accessToken: token }: Tokens) =>
    Promise.all(blogs.map(async (at) => (await system.ask('GET', '/author/drafts', { at, token })).status));

  /** So often that the later ones are answered by what is kept. */
  async function warm(tokens: Tokens): Promise<void> {
    for (let i = 0; i < 10; i++) assert.deepEqual(await statuses(tokens), [200, 200]);
  }

  /** How often blog has asked for a decision so far, in all instances together. */
  async function asked(): Promise<number> {
    const { metrics } = await system.addresses();
    const counts = ['blog', 'blog-2'].map(async (name) => {
      const text = await (await fetch(metrics[name] ?? '')).text();
      const found = /^nats_client_request_duration_seconds_count\{.*"auth\.decision".*\} (\d+)$/gm;
      return [...text.matchAll(found)].reduce((sum, [, count]) => sum + Number(count), 0);
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  test('most requests ask nobody: what was decided is kept', async () => {
    const { tokens } = await signUp('AUTHOR');
    await warm(tokens);
    const before = await asked();
    assert.ok(before >= 2);
    // Twenty times two, of which a busy machine may have to ask for some anew.
    for (let i = 0; i < 20; i++) await statuses(tokens);
    const more = (await asked()) - before;
    assert.ok(more <= 10, `asked ${more} times for 40 requests`);
  });

  test('sign-out bites at the next request, at every instance', async () => {
    for (let round = 0; round < 10; round++) {
      const { tokens } = await signUp('AUTHOR');
      await warm(tokens);
      const { accessToken: token } = tokens;
      assert.equal((await system.ask('DELETE', '/auth/signout', { token })).status, 200);
      assert.deepEqual(await statuses(tokens), [401, 401]);
    }
  });

  test('after a refresh the old token is dead, and the new one is good', async () => {
    const { tokens } = await signUp('AUTHOR');
    await warm(tokens);
    const { accessToken: token, refreshToken } = tokens;
    const renewed = await system.data<Tokens>('POST', '/auth/token/refresh', {
      token,
      body: { refreshToken },
    });
    assert.deepEqual(await statuses(tokens), [401, 401]);
    assert.deepEqual(await statuses(renewed), [200, 200]);
  });

  test('a role that is taken or given counts at the next request', async () => {
    const { id, tokens } = await signUp('AUTHOR');
    await warm(tokens);
    await give(id, 'LEARNER');
    assert.deepEqual(await statuses(tokens), [403, 403]);
    await give(id, 'AUTHOR');
    assert.deepEqual(await statuses(tokens), [200, 200]);
  });

  test('deactivation ends all sessions at the next request', async () => {
    const { id, email, tokens } = await signUp('AUTHOR');
    const other = await system.signIn(email, password);
    await warm(tokens);
    await warm(other);
    const path = `/auth/admin/users/id/${id}/status`;
    const body = { active: false };
    await system.data('PUT', path, { body, token: admin.accessToken });
    assert.deepEqual(await statuses(tokens), [401, 401]);
    assert.deepEqual(await statuses(other), [401, 401]);
  });

  test('a change of password ends the other sessions, and leaves this one', async () => {
    const { email, tokens } = await signUp('AUTHOR');
    const other = await system.signIn(email, password);
    await warm(tokens);
    await warm(other);
    const body = { currentPassword: password, newPassword: `${password}-2` };
    const token = tokens.accessToken;
    assert.equal((await system.ask('PUT', '/auth/profile/password', { body, token })).status, 200);
    assert.deepEqual(await statuses(other), [401, 401]);
    assert.deepEqual(await statuses(tokens), [200, 200]);
  });

  test('a new name is shown with the blogs of its author, at every instance', async () => {
    const { tokens } = await signUp('AUTHOR');
    const token = tokens.accessToken;
    const words = { title: 'Of names', description: 'How they change', draftText: 'They do.' };
    const draft = { ...words, slug: 'of-names', imgUrl: '/names.png', tags: ['NAMES'] };
    const { _id } = await system.data<{ _id: string }>('POST', '/blog/author', { body: draft, token });
    await system.data('PUT', `/blog/author/submit/id/${_id}`, { token });
    await system.data('PUT', `/blog/editor/publish/id/${_id}`, { token: admin.accessToken });
    const nameShownAt = async (at: string) =>
      (await system.data<{ author: { name: string } }>('GET', `/id/${_id}`, { at })).author.name;
    const shown = () => Promise.all(blogs.map(nameShownAt));
    assert.deepEqual(await shown(), [`Person ${people}`, `Person ${people}`]);
    await system.data('PUT', '/auth/profile/mine', { body: { name: 'Somebody Else' }, token });
    const until = performance.now() + 10_000;
    while ((await shown()).some((name) => name !== 'Somebody Else')) {
      assert.ok(performance.now() < until, 'the new name is shown within ten seconds');
    }
  });
});
