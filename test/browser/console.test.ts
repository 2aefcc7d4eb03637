// The console, in a browser: a key is made, used and revoked; an instance is killed, and seen to go and to come back.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { browserMissing } from './chromium.ts';
import { checkPage } from './page-check.ts';
import { admin, Stage } from './stage.ts';

/** From the kill until the map shows it, and until it shows the next one. */
const seenMs = 15_000;

describe('browser: the console', { skip: await browserMissing() }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  test('console: a key is made, opens the gateway, is revoked, and opens it no more', async () => {
    await using person = await stage.person();
    const { page } = person;
    await person.signIn(admin, '/console/sign-in');
    await person.go('/console/keys');
    await page.getByRole('link', { name: 'Make a key' }).click();
    await page.getByLabel('What it is for').fill('for a partner');
    await person.button('Make the key').click();
    const apiKey = (await page.locator('#new-key').textContent()) ?? '';
    assert.match(apiKey, /^\S{20,}$/);
    assert.equal((await stage.system.ask('GET', '/blog/list/latest', { apiKey })).status, 200);
    await person.go('/console/keys');
    assert.ok(!(await page.content()).includes(apiKey), 'the key is shown once');
    await page
      .getByRole('row', { name: /for a partner/ })
      .getByRole('link')
      .click();
    await page.getByLabel('I am sure').check();
    await person.button('Revoke the key').click();
    await page.getByRole('status').first().waitFor();
    const refused = await stage.system.ask('GET', '/blog/list/latest', { apiKey });
    assert.equal(refused.status, 403, refused.text);
  });

  test('console: an instance that is killed is seen to go, and to come back, without loading anew', async (t) => {
    await using person = await stage.person();
    const { page } = person;
    await person.go('/console');
    await page.evaluate('globalThis.loadedOnce = true');
    const rows = page
      .getByRole('table', { name: 'Parts of the system' })
      .getByRole('row', { name: /^blog / });
    await rows.filter({ hasText: 'up' }).first().waitFor();
    assert.equal(await rows.count(), 1);
    const killedAt = performance.now();
    process.kill((await stage.system.addresses()).pids.blog ?? assert.fail('blog does not run'), 'SIGKILL');
    await rows.filter({ hasText: 'gone' }).first().waitFor({ timeout: seenMs });
    t.diagnostic(`gone on the map after ${Math.round(performance.now() - killedAt)} ms`);
    await rows.filter({ hasText: 'up' }).first().waitFor({ timeout: seenMs });
    t.diagnostic(`another is up on the map after ${Math.round(performance.now() - killedAt)} ms`);
    assert.equal(await page.evaluate('globalThis.loadedOnce'), true);
  });

  test('console: what happens is seen as it happens: an event, a request', async () => {
    await using person = await stage.person();
    const { page } = person;
    await person.go('/console/events');
    await stage.account('Nina New');
    const event = page.getByRole('group').filter({ hasText: 'Nina New' }).first();
    await event.getByText('events.auth.user.registered').click();
    await event.getByText('"Nina New"').waitFor();
    // What is open stays open while more comes in.
    await stage.account('Nils Next');
    await page.getByRole('group').filter({ hasText: 'Nils Next' }).first().waitFor();
    assert.equal(await event.getByText('"Nina New"').isVisible(), true);
    await person.go('/console/traffic');
    await stage.system.ask('GET', '/blog/list/latest');
    await page.getByText('/list/latest').first().waitFor();
  });

  test('console: a request is shown with the way it took: gateway, service, NATS, database', async () => {
    await using person = await stage.person();
    const { page } = person;
    await person.go('/console/slow');
    const trace = page
      .getByRole('group')
      .filter({ hasText: '/author/drafts' })
      .filter({ hasText: 'auth.decision' })
      .first();
    const deadline = performance.now() + seenMs;
    for (let asked = 1; (await trace.count()) === 0; asked++) {
      assert.ok(performance.now() < deadline, `none of ${asked} requests is shown`);
      // Somebody of whom blog knows nothing yet, so that it has to ask auth.
      const account = await stage.account(`Wanda Way ${asked}`);
      await stage.system.ask('GET', '/blog/author/drafts', { token: account.tokens.accessToken });
    }
    await trace.locator('summary').click();
    const way = trace.getByRole('table');
    for (const part of ['gateway', 'blog', 'auth.decision']) await way.getByText(part).first().waitFor();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await checkPage(page, `console-slow-open-${width}`);
    }
  });
});
