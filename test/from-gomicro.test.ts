// What docs/from-gomicro.md says: a system on the databases and keys of gomicro serves what is in them, and leaves them such
// that gomicro still reads them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { sql } from '@tsmicro/postgres';
import { parseEnvironment as parseAuth } from '../services/auth/src/config.ts';
import { parseEnvironment as parseBlog } from '../services/blog/src/config.ts';
import { type GomicroAuth, gomicroApiKeys, gomicroUsers, openGomicroAuth } from './gomicro/auth-database.ts';
import { type GomicroBlogs, goUuid, openGomicroBlogs } from './gomicro/blog-database.ts';
import { authVariables, blogVariables } from './gomicro/environment.ts';
import { createGomicroKeys, createGomicroSession } from './gomicro/token.ts';
import { type AskOptions, System, type Tokens } from './system.ts';

type Fields = Record<string, unknown>;

const { author, editor, leaver } = gomicroUsers;
const keys = createGomicroKeys();
const current = createGomicroSession(author.id, keys.rsaPrivateKey, 40);
const expired = createGomicroSession(author.id, keys.rsaPrivateKey, -2);
const publishedAt = new Date('2025-11-03T10:00:00.250Z');
const public_ = { drafted: false, published: true, publishedAt, updatedBy: goUuid(editor.id) };

const opened = new AsyncDisposableStack();
let auth: GomicroAuth;
let blogs: GomicroBlogs;
let system: System;
let published: string;
let draft: string;
let submitted: string;
let deleted: string;
let columns: unknown[];

before(async () => {
  auth = opened.use(await openGomicroAuth([current, expired]));
  columns = await readColumns();
  blogs = opened.use(await openGomicroBlogs());
  const ids = await blogs.insert(
    author.id,
    { title: 'Gophers by the river', slug: 'gophers-by-the-river', text: 'They dig.', ...public_, score: 1 },
    { title: 'Half a thought', slug: 'half-a-thought' },
    { title: 'Gophers on the hill', slug: 'gophers-on-the-hill', submitted: true, updatedAt: publishedAt },
    { title: 'Gophers no more', slug: 'gophers-no-more', text: 'Gone.', ...public_, status: false },
  );
  [published = '', draft = '', submitted = '', deleted = ''] = ids;
  const servers = { POSTGRES_URL: auth.url, MONGO_URL: blogs.url };
  system = opened.use(await System.openOn({ servers, ...keys }));
});
after(() => opened.disposeAsync());

/** The columns of gomicro's five tables, as they are now. */
async function readColumns(): Promise<unknown[]> {
  const { rows } = await sql`
    select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
    where table_schema = 'public' and table_name in ('users', 'roles', 'user_roles', 'api_keys', 'keystore')
    order by table_name, column_name
  `.execute(auth.database.db);
  return rows;
}

const succeed = <T = Fields>(method: string, path: string, options?: AskOptions) =>
  system.data<T>(method, path, options);

async function refuse(status: number, method: string, path: string, options?: AskOptions): Promise<void> {
  const answer = await system.ask(method, path, options);
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
}

const signIn = (email: string, password: string) => system.signIn(email, password);
const idsOf = (items: unknown) => (items as Fields[]).map(({ _id }) => _id);
const codesOf = ({ roles }: Fields) => (roles as Fields[]).map(({ code }) => code);

test('from gomicro: API keys that were in clear are in force, and in clear no more', async () => {
  await succeed('GET', '/blog/list/latest', { apiKey: gomicroApiKeys.vendor });
  await refuse(403, 'GET', '/blog/list/latest', { apiKey: gomicroApiKeys.revoked });
  // Beside them auth has entered those of the sites.
  const { rows } = await sql<{ key: string }>`
    select key from api_keys where not coalesce(permissions, '{}') && array['FRONT', 'CONSOLE']
  `.execute(auth.database.db);
  assert.equal(rows.length, 5);
  for (const { key } of rows) assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(
    rows.some(({ key }) => Object.values<string>(gomicroApiKeys).includes(key)),
    false,
  );
});

test('from gomicro: its sessions live on, in both services, until they expire, refresh or sign out', async () => {
  const token = { token: current.accessToken };
  const mine = await succeed('GET', '/auth/profile/mine', token);
  const { id, name, profilePicUrl } = author;
  assert.deepEqual([mine.id, mine.name, mine.profilePicUrl], [id, name, profilePicUrl]);
  assert.deepEqual(codesOf(mine), ['AUTHOR', 'LEARNER']);
  assert.deepEqual(idsOf(await succeed('GET', '/blog/author/drafts', token)), [submitted, draft]);
  await refuse(401, 'GET', '/auth/profile/mine', { token: current.refreshToken });
  assert.equal((await succeed<Fields[]>('GET', '/auth/sessions', token)).length, 2);

  await refuse(401, 'GET', '/auth/profile/mine', { token: expired.accessToken });
  const refresh = (refreshToken: string) => ({ token: expired.accessToken, body: { refreshToken } });
  await refuse(401, 'POST', '/auth/token/refresh', refresh(current.refreshToken));
  const fresh = await succeed<Tokens>('POST', '/auth/token/refresh', refresh(expired.refreshToken));
  await succeed('GET', '/blog/author/drafts', { token: fresh.accessToken });
  await refuse(401, 'POST', '/auth/token/refresh', refresh(expired.refreshToken));

  await succeed('DELETE', '/auth/signout', { token: fresh.accessToken });
  await refuse(401, 'GET', '/blog/author/drafts', { token: fresh.accessToken });
});

test('from gomicro: users sign in by the password of a bcrypt hash, which is argon2id afterwards', async () => {
  const hashOf = async () => {
    const { rows } = await sql<{ password: string }>`
      select password from users where id = ${author.id}
    `.execute(auth.database.db);
    return rows[0]?.password ?? '';
  };
  const wrong = { email: author.email, password: 'written in C' };
  await refuse(401, 'POST', '/auth/signin/basic', { body: wrong });
  assert.equal(await hashOf(), author.hash);
  for (const email of [author.email, author.email.toLowerCase()]) await signIn(email, author.password);
  assert.match(await hashOf(), /^\$argon2id\$/);
  const { email, password } = leaver;
  await refuse(401, 'POST', '/auth/signin/basic', { body: { email, password } });
});

test('from gomicro: its blogs are listed, found and read, with the name of the author', async () => {
  const byId = await succeed('GET', `/blog/id/${published}`);
  const { _id, slug, title, text, score, author: writer, publishedAt: at } = byId;
  assert.deepEqual([_id, slug, title], [published, 'gophers-by-the-river', 'Gophers by the river']);
  assert.deepEqual([text, score, at], ['They dig.', 1, publishedAt.toISOString()]);
  assert.deepEqual(writer, { _id: author.id, name: author.name, profilePicUrl: author.profilePicUrl });
  assert.equal('imgUrl' in byId, false);
  assert.deepEqual(await succeed('GET', `/blog/slug/${slug}`), byId);
  for (const list of ['latest', 'tag/GO', 'search?q=gophers', `author/${author.id}`]) {
    assert.deepEqual(idsOf(await succeed('GET', `/blog/list/${list}`)), [published], list);
  }
  assert.deepEqual(await succeed('GET', '/blog/tags'), [{ tag: 'GO', count: 1 }]);
  for (const id of [draft, submitted, deleted]) await refuse(404, 'GET', `/blog/id/${id}`);
});

test('from gomicro: its blogs are changed and published, and gomicro reads what became of them', async () => {
  const token = { token: current.accessToken };
  const body = { _id: published, description: 'Where they live', imgUrl: '/img/gopher.png' };
  assert.equal((await succeed('PUT', '/blog/author', { ...token, body })).description, body.description);
  const { accessToken } = await signIn(editor.email, editor.password);
  const asEditor = { token: accessToken };
  await refuse(403, 'GET', '/blog/editor/submitted', token);
  assert.deepEqual(idsOf(await succeed('GET', '/blog/editor/submitted', asEditor)), [submitted]);
  await succeed('PUT', `/blog/editor/publish/id/${submitted}`, asEditor);
  assert.deepEqual(idsOf(await succeed('GET', '/blog/list/latest')), [submitted, published]);
  assert.deepEqual(idsOf(await succeed('GET', `/blog/list/similar/id/${published}`)), [submitted]);

  const changed = await blogs.readAsGo(published);
  assert.deepEqual(changed.updatedBy, goUuid(author.id));
  assert.deepEqual([changed.description, changed.publishedAt], [body.description, publishedAt]);
  const shown = await blogs.readAsGo(submitted);
  assert.deepEqual([shown.published, shown.drafted, shown.submitted], [true, false, false]);
  assert.deepEqual(
    [shown.text, shown.author, shown.updatedBy],
    ['A draft', goUuid(author.id), goUuid(editor.id)],
  );
  const words = { title: 'New words', description: 'Beside old ones', draftText: 'New.', slug: 'new-words' };
  const fresh = await succeed('POST', '/blog/author', {
    ...token,
    body: { ...words, imgUrl: '/img/new.png', tags: ['NEW'] },
  });
  await blogs.readAsGo(String(fresh._id));
});

test('from gomicro: who signs up is found by the queries of gomicro, and so is the session', async () => {
  const body = { email: 'nina@example.com', password: 'newcomer', name: 'Nina New' };
  const signedUp = await succeed<{ user: Fields; tokens: Tokens }>('POST', '/auth/signup/basic', { body });
  const { db } = auth.database;
  const { rows: users } = await sql`
    select id, email, name, profile_pic_url, verified, status, created_at, updated_at
    from users where email = ${body.email} and status = true
  `.execute(db);
  const { created_at: createdAt, updated_at: updatedAt, ...user } = users[0] as Fields;
  const { id } = signedUp.user;
  const plain = { profile_pic_url: null, verified: false, status: true };
  assert.deepEqual(user, { id, email: body.email, name: body.name, ...plain });
  assert.ok(createdAt instanceof Date && updatedAt instanceof Date);
  const { rows: roles } = await sql`
    select r.id, r.code, r.status, r.created_at, r.updated_at
    from roles r inner join user_roles ur on ur.role_id = r.id where ur.user_id = ${id} and r.status = true
  `.execute(db);
  assert.deepEqual(codesOf({ roles }), ['LEARNER']);
  const claims = JSON.parse(
    Buffer.from(signedUp.tokens.accessToken.split('.')[1] ?? '', 'base64url').toString(),
  );
  const { rows: sessions } = await sql`
    select id, user_id, p_key, s_key, status, created_at, updated_at
    from keystore where user_id = ${id} and p_key = ${claims.jti} and status = true
  `.execute(db);
  assert.equal(sessions.length, 1);
});

test('from gomicro: a user and a session that a service in Go adds are served', async () => {
  const { db } = auth.database;
  const { hash, password } = gomicroUsers.leaver;
  const email = 'guy@example.com';
  const { rows } = await sql<{ id: string }>`
    insert into users (email, password, name, profile_pic_url, verified)
    values (${email}, ${hash}, 'Guy Gopher', null, false)
    returning id
  `.execute(db);
  const [{ id: userId } = { id: '' }] = rows;
  const session = createGomicroSession(userId, keys.rsaPrivateKey, 40);
  await sql`
    insert into keystore (user_id, p_key, s_key)
    values (${userId}, ${session.primaryKey}, ${session.secondaryKey})
  `.execute(db);
  const mine = await succeed('GET', '/auth/profile/mine', { token: session.accessToken });
  assert.equal(mine.name, 'Guy Gopher');
  await signIn(email, password);
});

test('from gomicro: its variables are understood as they are', () => {
  const { DB_NAME, REDIS_PASSWORD, ACCESS_TOKEN_VALIDITY_SEC, NATS_SERVICE_NAME } = parseAuth(authVariables);
  assert.deepEqual([DB_NAME, REDIS_PASSWORD], ['auth_db', 'changeit']);
  assert.deepEqual([ACCESS_TOKEN_VALIDITY_SEC, NATS_SERVICE_NAME], [172_800, 'auth']);
  const { SERVER_HOST, SERVER_PORT, REDIS_DB } = parseBlog(blogVariables);
  assert.deepEqual([SERVER_HOST, SERVER_PORT, REDIS_DB], ['0.0.0.0', 8_000, 2]);
});

// The last one: it ends the system.
test('from gomicro: the way back, as the page says it, leaves the columns of gomicro, and a key in clear again', async () => {
  const root = join(import.meta.dirname, '..');
  const page = await readFile(join(root, 'docs', 'from-gomicro.md'), 'utf8');
  const script = /```sh\n(npx node[\s\S]*?)```/.exec(page)?.[1] ?? '';
  const statement = / {2}```sql\n([\s\S]*?) {2}```/.exec(page)?.[1] ?? '';
  const { db } = auth.database;
  const waiting = async () => (await sql`select from events_outbox limit 1`.execute(db)).rows.length > 0;
  const deadline = performance.now() + 15_000;
  while (await waiting()) {
    assert.ok(performance.now() < deadline, 'events still wait');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_USER_PWD } = await system.variables('auth');
  await system.stop();
  const env = { ...process.env, DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_USER_PWD };
  await promisify(execFile)('sh', ['-ec', script], { cwd: root, env, timeout: 20_000 });
  assert.deepEqual(await readColumns(), columns);

  await sql.raw(statement.replaceAll(":'key'", `'${gomicroApiKeys.vendor}'`)).execute(db);
  const { rows } = await sql<{ comments: string[] }>`
    select id, key, permissions, comments, version, status, created_at, updated_at
    from api_keys where key = ${gomicroApiKeys.vendor} and status = true
  `.execute(db);
  assert.deepEqual(rows[0]?.comments, ['vendor']);
});
