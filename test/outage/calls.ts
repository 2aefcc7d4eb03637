import assert from 'node:assert/strict';
import type { AskOptions, System, Tokens } from '../system.ts';

/** One thing that somebody wants of the system, as often as it is asked. */
export interface Call {
  readonly what: string;
  readonly method: string;
  readonly path: () => string;
  readonly options?: () => AskOptions;
  /** What a call that can be made once only needs before each outage. */
  readonly prepare?: () => Promise<void>;
}

const credentials = { email: 'admin@afteracademy.com', password: 'changeit' };
const words = {
  title: 'Warm',
  description: 'In the cache',
  draftText: 'Text',
  imgUrl: '/w.png',
  tags: ['W'],
};

async function publish(system: System, token: string, slug: string): Promise<string> {
  const body = { ...words, slug };
  const { _id: id } = await system.data<{ _id: string }>('POST', '/blog/author', { token, body });
  for (const step of ['author/submit', 'editor/publish'])
    assert.equal((await system.ask('PUT', `/blog/${step}/id/${id}`, { token })).status, 200);
  return id;
}

/** The calls in the rows and columns of what works while something is down. */
export async function openCalls(system: System): Promise<readonly Call[]> {
  const { accessToken: token } = await system.signIn();
  const warm = await publish(system, token, 'warm');
  const comments = `/blog/comments/blog/${warm}`;
  await system.data('POST', comments, { token, body: { text: 'First' } });
  const { id } = await system.data<{ id: string }>('GET', '/auth/profile/mine', { token });
  let tokens: Tokens = { accessToken: '', refreshToken: '' };
  let cold = '';
  let number = 0;
  const mine = () => ({ token });
  const read = (what: string, path: string): Call => ({ what, method: 'GET', path: () => path });
  const own = (what: string, path: string): Call => ({ ...read(what, path), options: mine });
  return [
    {
      what: 'sign-up',
      method: 'POST',
      path: () => '/auth/signup/basic',
      options: () => ({ body: { ...credentials, email: `late-${number}@example.com`, name: 'Late' } }),
      prepare: async () => {
        number++;
      },
    },
    {
      what: 'sign-in',
      method: 'POST',
      path: () => '/auth/signin/basic',
      options: () => ({ body: credentials }),
    },
    {
      what: 'refresh',
      method: 'POST',
      path: () => '/auth/token/refresh',
      options: () => ({ token: tokens.accessToken, body: { refreshToken: tokens.refreshToken } }),
      prepare: async () => {
        tokens = await system.signIn();
      },
    },
    own('own profile', '/auth/profile/mine'),
    read('profile', `/auth/profile/id/${id}`),
    {
      what: 'change of name',
      method: 'PUT',
      path: () => '/auth/profile/mine',
      options: () => ({ token, body: { name: `Admin ${number++}` } }),
    },
    read('blog by id, warm', `/blog/id/${warm}`),
    read('blog by slug, warm', '/blog/slug/warm'),
    {
      what: 'blog by id, cold',
      method: 'GET',
      path: () => `/blog/id/${cold}`,
      prepare: async () => {
        cold = await publish(system, token, `cold-${number++}`);
      },
    },
    read('latest', '/blog/list/latest'),
    read('similar', `/blog/list/similar/id/${warm}`),
    read('tag', '/blog/list/tag/W'),
    read('search', '/blog/list/search?q=warm'),
    read('by author', `/blog/list/author/${id}`),
    read('tags', '/blog/tags'),
    read('comments', comments),
    {
      what: 'comment',
      method: 'POST',
      path: () => comments,
      options: () => ({ token, body: { text: `Comment ${number++}` } }),
    },
    own('drafts', '/blog/author/drafts'),
    own('submitted', '/blog/editor/submitted'),
  ];
}
