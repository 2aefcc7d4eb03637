import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, type AskOptions, System, type Tokens } from './system.ts';

let system: System;
before(async () => {
  system = await System.open();
});
after(() => system[Symbol.asyncDispose]());

type Fields = Record<string, unknown>;

const succeed = <T = Fields>(method: string, path: string, options?: AskOptions) =>
  system.data<T>(method, path, options);

/** A request that must be refused, in the envelope. */
async function refuse(status: number, method: string, path: string, options?: AskOptions): Promise<Answer> {
  const answer = await system.ask(method, path, options);
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
  assert.equal(answer.body?.code, '10001');
  assert.equal(answer.body?.status, status);
  assert.equal(answer.body?.requestId, answer.headers.get('x-request-id'));
  return answer;
}

test('story: a blog from its sign-up to its end, through the gateway', async (t) => {
  let admin: Tokens;
  let id = '';
  const draft = {
    title: 'How rivers find the sea',
    description: 'A walk along the water',
    draftText: 'It begins with rain.',
    slug: 'how rivers/find?',
    imgUrl: '/img/river.png',
    tags: ['NATURE', 'A/B'],
  };

  await t.test('without an API key nobody comes in, but health is open', async () => {
    const missing = await refuse(401, 'GET', '/blog/list/latest', { apiKey: null });
    assert.equal(missing.body?.message, 'x-api-key header is missing');
    await refuse(403, 'GET', '/blog/list/latest', { apiKey: 'wrong' });
    for (const service of ['auth', 'blog']) {
      const { status } = await succeed('GET', `/${service}/health`, { apiKey: null });
      assert.equal(status, 'OK');
    }
  });

  await t.test('a learner signs up, sees the own profile, and may not write', async () => {
    const signUp = { email: 'Lea@Example.com', password: 'secret1', name: 'Lea Learner' };
    const { user, tokens } = await succeed<{ user: Fields; tokens: Tokens }>('POST', '/auth/signup/basic', {
      body: signUp,
    });
    assert.equal(user.name, 'Lea Learner');
    assert.deepEqual(
      (user.roles as Fields[]).map(({ code }) => code),
      ['LEARNER'],
    );
    const again = await refuse(400, 'POST', '/auth/signup/basic', {
      body: { ...signUp, email: 'lea@example.com' },
    });
    assert.equal(again.body?.message, 'user already registered');
    const mine = await succeed('GET', '/auth/profile/mine', { token: tokens.accessToken });
    assert.deepEqual(mine, user);
    await refuse(401, 'POST', '/blog/author', { body: {} });
    await refuse(403, 'POST', '/blog/author', { token: tokens.accessToken, body: {} });
  });

  await t.test('the admin signs in and writes a draft', async () => {
    const credentials = { email: 'admin@afteracademy.com', password: 'changeit' };
    await refuse(401, 'POST', '/auth/signin/basic', { body: { ...credentials, password: 'changeme' } });
    ({ tokens: admin } = await succeed<{ tokens: Tokens }>('POST', '/auth/signin/basic', {
      body: credentials,
    }));
    const bad = await refuse(400, 'POST', '/blog/author', { token: admin.accessToken, body: {} });
    assert.match(
      bad.body?.message ?? '',
      /title is required, description is required, draftText is required/,
    );
    const blog = await succeed('POST', '/blog/author', { token: admin.accessToken, body: draft });
    id = String(blog._id);
    assert.match(id, /^[0-9a-f]{24}$/);
    assert.equal(blog.slug, 'howrivers-find');
    assert.equal(blog.score, 0.01);
    assert.deepEqual([blog.drafted, blog.submitted, blog.published], [true, false, false]);
    const taken = await refuse(400, 'POST', '/blog/author', { token: admin.accessToken, body: draft });
    assert.equal(taken.body?.message, 'Blog with slug: howrivers-find already exists');
  });

  const token = () => ({ token: admin.accessToken });

  await t.test('it is updated, submitted and published, in this order only', async () => {
    const changed = await succeed('PUT', '/blog/author', {
      ...token(),
      body: { _id: id, draftText: 'It begins with snow.' },
    });
    assert.equal(changed.draftText, 'It begins with snow.');
    await refuse(400, 'PUT', `/blog/editor/publish/id/${id}`, token());
    await refuse(404, 'GET', `/blog/id/${id}`);
    await succeed('PUT', `/blog/author/submit/id/${id}`, token());
    assert.deepEqual(ids(await succeed('GET', '/blog/editor/submitted', token())), [id]);
    await succeed('PUT', `/blog/editor/publish/id/${id}`, token());
    await refuse(400, 'PUT', `/blog/editor/publish/id/${id}`, token());
  });

  await t.test('everybody reads it: by id, by slug, in the lists, by tag, beside its like', async () => {
    const byId = await succeed('GET', `/blog/id/${id}`);
    assert.equal(byId.text, 'It begins with snow.');
    assert.equal('draftText' in byId, false);
    assert.deepEqual(await succeed('GET', `/blog/slug/${byId.slug}`), byId);
    assert.deepEqual(ids(await succeed('GET', '/blog/list/latest')), [id]);
    assert.deepEqual(ids(await succeed('GET', '/blog/list/tag/NATURE')), [id]);
    assert.deepEqual(ids(await succeed('GET', '/blog/list/tag/A%2FB')), [id]);
    await refuse(400, 'GET', '/blog/list/tag/nature');
    assert.deepEqual(await succeed('GET', `/blog/list/similar/id/${id}`), []);

    const other = { ...draft, title: 'Rivers of the north', slug: 'rivers-of-the-north', tags: ['NORTH'] };
    const second = await succeed('POST', '/blog/author', { ...token(), body: other });
    await succeed('PUT', `/blog/author/submit/id/${second._id}`, token());
    await succeed('PUT', `/blog/editor/publish/id/${second._id}`, token());
    assert.deepEqual(ids(await succeed('GET', `/blog/list/similar/id/${id}`)), [second._id]);
    assert.deepEqual(ids(await succeed('GET', '/blog/list/latest?limit=1')), [second._id]);
    assert.deepEqual(ids(await succeed('GET', '/blog/list/latest?limit=1&page=2')), [id]);
    await succeed('DELETE', `/blog/author/id/${second._id}`, token());
    assert.deepEqual(await succeed('GET', `/blog/list/similar/id/${id}`), []);
  });

  await t.test('unpublished it is gone at once, everywhere', async () => {
    await succeed('PUT', `/blog/editor/unpublish/id/${id}`, token());
    await refuse(404, 'GET', `/blog/id/${id}`);
    await refuse(404, 'GET', '/blog/slug/howrivers-find');
    await refuse(404, 'GET', `/blog/list/similar/id/${id}`);
    assert.deepEqual(await succeed('GET', '/blog/list/latest'), []);
    assert.deepEqual(ids(await succeed('GET', '/blog/author/drafts', token())), [id]);
  });

  await t.test('a refresh replaces both tokens, and the old ones are dead in both services', async () => {
    const old = admin;
    admin = await succeed<Tokens>('POST', '/auth/token/refresh', {
      ...token(),
      body: { refreshToken: old.refreshToken },
    });
    await refuse(401, 'GET', '/auth/profile/mine', { token: old.accessToken });
    await refuse(401, 'GET', '/blog/author/drafts', { token: old.accessToken });
    await refuse(401, 'POST', '/auth/token/refresh', {
      token: old.accessToken,
      body: { refreshToken: old.refreshToken },
    });
    await succeed('GET', '/blog/author/drafts', token());
  });

  await t.test('signed out, the tokens are dead in both services', async () => {
    const answer = await system.ask('DELETE', '/auth/signout', token());
    assert.equal(answer.body?.message, 'signout success');
    await refuse(401, 'GET', '/auth/profile/mine', token());
    await refuse(401, 'GET', '/blog/author/drafts', token());
    await refuse(401, 'POST', '/auth/token/refresh', {
      ...token(),
      body: { refreshToken: admin.refreshToken },
    });
  });

  await t.test('paths that are nobody’s are 404 in the envelope', async () => {
    for (const path of ['/authsignin', '/nowhere', '/readme', '/consoles', '/auth/nowhere', '/blog'])
      await refuse(404, 'GET', path);
  });
});

const ids = (items: unknown) => (items as Fields[]).map((item) => item._id);
