// Where the tokens are, what becomes of them when they expire before several tabs, and who is signed out when.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserMissing } from './chromium.ts';
import { Stage } from './stage.ts';

/** Long enough for a page, short enough to wait for. */
const accessTokenSec = 3;

describe('browser: sessions', { skip: await browserMissing() }, () => {
  let stage: Stage;
  before(async () => {
    process.env.ACCESS_TOKEN_VALIDITY_SEC = String(accessTokenSec);
    stage = await Stage.open();
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  /** How often auth was asked for new tokens so far, by its answers. */
  async function refreshes(): Promise<Record<string, number>> {
    const { metrics } = await stage.system.addresses();
    const text = await (await fetch(metrics.auth ?? '')).text();
    const counts = text.matchAll(
      /^http_server_request_duration_seconds_count\{(.*"\/token\/refresh".*)\} (\d+)$/gm,
    );
    return Object.fromEntries(
      [...counts].map(([, labels = '', count]) => [
        /status(?:_code)?="(\d+)"/.exec(labels)?.[1] ?? labels,
        Number(count),
      ]),
    );
  }

  /** Every token that was given out before now has expired. */
  async function tokensExpire(): Promise<void> {
    const { accessToken: token } = await stage.system.signIn();
    await stage.system.until(401, (accessTokenSec + 3) * 1_000, 'GET', '/auth/profile/mine', { token });
  }

  const account = { name: 'Tom Tabs', email: 'tom.tabs@example.com', password: '8 long and secret words' };

  test('sessions: tabs with an expired token get a new one once, and none is signed out', async () => {
    const { email } = await stage.account(account.name);
    await using person = await stage.signedIn({ email, password: account.password });
    const tabs = [person.page, await person.tab(), await person.tab()];
    for (let round = 1; round <= 2; round++) {
      await tokensExpire();
      const before = await refreshes();
      await Promise.all(tabs.map((tab) => tab.goto('/account/sessions')));
      for (const tab of tabs) assert.equal(new URL(tab.url()).pathname, '/account/sessions');
      const after = await refreshes();
      assert.equal((after['200'] ?? 0) - (before['200'] ?? 0), 1, JSON.stringify({ before, after }));
      assert.equal(after['401'] ?? 0, before['401'] ?? 0);
    }
  });

  /** Everything that a script on this page could read. */
  const readable = (page: Page) =>
    page.evaluate<string>(
      `(async () => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage },
        await indexedDB.databases(), await caches.keys(), window.name, document.documentElement.outerHTML]))()`,
    );

  test('sessions: no script can read a token or the cookie', async () => {
    const { email, password } = await stage.account('Rita Readable');
    await using person = await stage.signedIn({ email, password });
    const cookies = await person.context.cookies();
    assert.equal(cookies.length, 1, JSON.stringify(cookies));
    const [cookie] = cookies;
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, cookie?.path], [true, 'Lax', '/']);
    for (const path of ['/', '/account', '/account/sessions']) {
      await person.go(path);
      const text = await readable(person.page);
      assert.match(text, /Rita Readable/);
      assert.doesNotMatch(text, /eyJ[\w-]+\./, 'no JWT');
      assert.ok(!text.includes(cookie?.value ?? ''), 'nor the cookie');
    }
  });

  test('sessions: whoever signs out is out in every tab, and the way back needs the password', async () => {
    const { email, password } = await stage.account('Olga Out');
    await using person = await stage.signedIn({ email, password });
    const other = await person.tab();
    await other.goto('/account');
    const head = person.page.getByRole('banner');
    await head.getByText('Olga Out').click();
    await head.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await other.goto('/account');
    assert.equal(new URL(other.url()).pathname, '/sign-in');
    await person.page.goBack();
    await person.page.reload();
    assert.equal(await head.getByText('Olga Out').count(), 0);
  });

  test('sessions: one that is ended from elsewhere is asked to sign in, and goes on where it was', async () => {
    const { email, password } = await stage.account('Ellen Elsewhere');
    await using here = await stage.signedIn({ email, password });
    await using there = await stage.signedIn({ email, password });
    await here.go('/account/sessions');
    await here.button('End all other sessions').click();
    await here.page.getByRole('status').first().waitFor();
    await there.go('/account/sessions');
    assert.equal(new URL(there.page.url()).pathname, '/sign-in');
    await there.page.getByLabel('Email').fill(email);
    await there.page.getByLabel('Password').fill(password);
    await there.button('Sign in').click();
    await there.page.waitForURL('**/account/sessions');
  });
});
