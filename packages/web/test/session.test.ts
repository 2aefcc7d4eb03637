import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type Server, startRedis } from '@tsmicro/stack';
import { SessionKey } from '../src/session/session-key.ts';
import { Browser } from './browser.ts';
import { outage, TestGateway } from './test-gateway.ts';
import { startSite, type TestSite } from './test-site.ts';

const opened = new AsyncDisposableStack();
let server: Server;
let gateway: TestGateway;
let site: TestSite;
let other: TestSite;

before(async () => {
  server = opened.use(await startRedis());
  gateway = opened.use(await new TestGateway().start());
  site = opened.use(await startSite(server, gateway));
  other = opened.use(await startSite(server, gateway));
});
after(() => opened.disposeAsync());
afterEach(() => {
  gateway.fault = undefined;
  gateway.refreshMs = 0;
  gateway.roles = ['LEARNER', 'AUTHOR'];
});

async function signedIn(url = site.url): Promise<Browser> {
  const browser = new Browser();
  const { status } = await browser.post(`${url}/sign-in`, { password: 'right' });
  assert.equal(status, 303);
  return browser;
}

/** Lets what is known of the person of every session be as old as it takes to be read again. */
async function age(instance: TestSite, browser: Browser): Promise<void> {
  const key = new SessionKey(browser.cookies.get('session') ?? '');
  const sealed = await instance.redis.run((client) => client.get(key.name));
  const record = JSON.parse(key.open(sealed ?? '') ?? '');
  const old = key.seal(JSON.stringify({ ...record, readAt: Date.now() - 60_000 }));
  await instance.redis.run((client) => client.set(key.name, old));
}

const everyText = async (instance: TestSite) => {
  const keys = await instance.redis.run((client) => client.keys('*'));
  return (
    (await Promise.all(keys.map((key) => instance.redis.run((client) => client.get(key))))).join('\n') + keys
  );
};

test('session: no token and nothing of the person is in a cookie or readable in Redis', async () => {
  const browser = await signedIn();
  const { text } = await browser.get(`${site.url}/mine`);
  assert.match(text, /<main>A Reader/);
  const kept = await everyText(site);
  const cookies = browser.setCookies.join('\n');
  for (const shown of [kept, cookies]) assert.doesNotMatch(shown, /access|refresh|Reader|example/);
  const secret = browser.cookies.get('session') ?? '';
  assert.equal(secret.length, 43);
  assert.ok(!kept.includes(secret), 'what Redis holds does not sign anybody in');
});

test('session: what Redis holds is of no use for another session', () => {
  const [mine, theirs] = [SessionKey.create(), SessionKey.create()];
  const sealed = mine.seal('words');
  assert.equal(mine.open(sealed), 'words');
  assert.equal(theirs.open(sealed), undefined);
  assert.notEqual(mine.seal('words'), sealed);
  const changed = Buffer.from(sealed, 'base64url');
  changed[20] = (changed[20] ?? 0) ^ 1;
  assert.equal(mine.open(changed.toString('base64url')), undefined);
});

test('session: the cookie is kept from scripts and other sites, and under TLS bound to the host', async () => {
  const browser = await signedIn();
  assert.match(
    browser.setCookies[0] ?? '',
    /^session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
  );
  const secure = new Browser();
  await secure.post(`${site.url}/sign-in`, { password: 'right' }, { 'x-forwarded-proto': 'https' });
  assert.match(secure.setCookies[0] ?? '', /^__Host-session=.*; Secure$/);
  await using always = await startSite(server, gateway, { secureOnly: true });
  const strict = await signedIn(always.url);
  assert.match(strict.setCookies[0] ?? '', /^__Host-session=.*; Secure$/);
  strict.cookies.set('session', strict.cookies.get('__Host-session') ?? '');
  strict.cookies.delete('__Host-session');
  assert.match(
    (await strict.get(always.url)).text,
    /Hello stranger/,
    'a name without the prefix counts for nothing',
  );
});

test('session: signing in gives a new secret, and the one before is worth nothing', async () => {
  const browser = await signedIn();
  const thief = new Browser();
  thief.cookies.set('session', browser.cookies.get('session') ?? '');
  assert.match((await thief.get(site.url)).text, /Hello A Reader/);
  await browser.post(`${site.url}/sign-in`, { password: 'right' });
  assert.notEqual(browser.cookies.get('session'), thief.cookies.get('session'));
  assert.match((await thief.get(site.url)).text, /Hello stranger/);
  assert.match((await browser.get(site.url)).text, /Hello A Reader/);
});

test('session: signing out forgets it here and in every copy of the cookie', async () => {
  const browser = await signedIn();
  const copy = new Browser();
  copy.cookies.set('session', browser.cookies.get('session') ?? '');
  await browser.post(`${site.url}/sign-out`);
  assert.equal(browser.cookies.has('session'), false);
  assert.match((await copy.get(other.url)).text, /Hello stranger/);
});

test('session: twenty tabs at two instances renew a token that has expired once, and all see their page', async () => {
  const browser = await signedIn();
  gateway.expireAccess();
  gateway.refreshMs = 150;
  const before = gateway.refreshes;
  const tabs = Array.from({ length: 20 }, (_, at) =>
    new Browser(browser).get(`${(at % 2 === 0 ? site : other).url}/mine`),
  );
  for (const { status, text } of await Promise.all(tabs)) {
    assert.equal(status, 200);
    assert.match(text, /<main>A Reader/);
  }
  assert.equal(gateway.refreshes - before, 1);
});

test('session: a session whose tokens are dead ends: its owner is led to the sign-in, and told so there', async () => {
  const browser = await signedIn();
  gateway.endSessions();
  const seen = await browser.get(`${site.url}/mine?page=2`);
  assert.equal(seen.status, 303);
  assert.equal(seen.headers.get('location'), '/sign-in?back=%2Fmine%3Fpage%3D2');
  assert.equal(browser.cookies.has('session'), false);
  assert.match((await browser.get(site.url)).text, /Your session has ended/);
  assert.doesNotMatch((await browser.get(site.url)).text, /Your session has ended/);
});

test('session: a wrong password is no reason to renew or to end anything', async () => {
  const browser = await signedIn();
  const before = gateway.refreshes;
  assert.match((await browser.post(`${site.url}/password`)).text, /Email or password is wrong/);
  assert.equal(gateway.refreshes, before);
  assert.match((await browser.get(site.url)).text, /Hello A Reader/);
});

test('session: an outage of the gateway ends no session, and opens no door that a role guards', async () => {
  const browser = await signedIn();
  await age(site, browser);
  gateway.fault = outage();
  assert.match((await browser.get(site.url)).text, /Hello A Reader/);
  assert.equal((await browser.get(`${site.url}/mine`)).status, 503);
  assert.equal((await browser.get(`${site.url}/author`)).status, 503);
  gateway.fault = undefined;
  assert.equal((await browser.get(`${site.url}/author`)).status, 200);
});

test('session: what changes of a person shows after 30 s at the latest, a lost role too', async () => {
  const browser = await signedIn();
  assert.equal((await browser.get(`${site.url}/author`)).status, 200);
  gateway.roles = ['LEARNER'];
  assert.equal((await browser.get(`${site.url}/author`)).status, 200);
  await age(site, browser);
  assert.equal((await browser.get(`${site.url}/author`)).status, 403);
});

test('session: while Redis is away everybody reads on, nobody is let in and nobody is signed out', async () => {
  const own = await startRedis();
  await using alone = await startSite(own, gateway);
  const browser = await signedIn(alone.url);
  await own[Symbol.asyncDispose]();
  const seen = await browser.get(`${alone.url}/`);
  assert.equal(seen.status, 200);
  assert.match(seen.text, /Hello stranger/);
  assert.match(seen.text, /cannot be checked right now/);
  assert.equal((await browser.get(`${alone.url}/author`)).status, 503);
  assert.equal((await browser.get(`${alone.url}/mine`)).status, 503);
  assert.equal(browser.cookies.has('session'), true);
  const typed = await browser.post(`${alone.url}/echo`, { text: 'what was typed' });
  assert.equal(typed.status, 503);
  assert.match(typed.text, /what was typed/, 'a form that knows what to do keeps what was typed');
  assert.match((await new Browser().get(alone.url)).text, /Hello stranger/);
  const signIn = await new Browser().post(`${alone.url}/sign-in`, { password: 'right' });
  assert.equal(signIn.status, 503);
});
