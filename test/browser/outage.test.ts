// A service is away: people are told so in plain words, what does not need it goes on, and it heals by itself.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { browserMissing } from './chromium.ts';
import { checkPage } from './page-check.ts';
import type { Person } from './person.ts';
import { type Account, Stage } from './stage.ts';

const innards =
  /\bat \S+ \(|\.ts:\d+|node:|ECONN|ENOTFOUND|\bundefined\b|\[object|TypeError|SyntaxError|127\.0\.0\.1|nats:|{"/;

describe('browser: a service is away', { skip: await browserMissing() }, () => {
  let stage: Stage;
  let author: Account;
  before(async () => {
    stage = await Stage.open();
    author = await stage.account('Ada Away', 'AUTHOR');
    await stage.published(author, { title: 'How rivers find the sea', slug: 'rivers' });
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  /** The words that a person reads, which are words for people. */
  async function read({ page }: Person): Promise<string> {
    const words = (await page.locator('body').textContent()) ?? '';
    assert.doesNotMatch(words, innards);
    return words;
  }

  /** Opens the path until it answers as it should: what comes back needs a moment. */
  async function until(person: Person, path: string, status: number): Promise<void> {
    const deadline = performance.now() + 15_000;
    for (;;) {
      const answer = await person.page.goto(path);
      if (answer?.status() === status) return;
      assert.ok(performance.now() < deadline, `${path} is still ${answer?.status()}`);
    }
  }

  test('away: without auth reading goes on, and sign-in says what is the matter', async () => {
    await using known = await stage.signedIn(author);
    await using person = await stage.person();
    await person.go('/read/rivers');
    await stage.system.command('service', 'stop', 'auth');
    for (const path of ['/', '/read/rivers', '/tags', '/search?q=rivers']) {
      await person.go(path);
      await read(person);
    }
    await person.go('/sign-in');
    await person.page.getByLabel('Email').fill(author.email);
    await person.page.getByLabel('Password').fill(author.password);
    await person.button('Sign in').click();
    await person.page.getByRole('alert').first().waitFor();
    assert.match(await read(person), /(not available|cannot be reached|try again)/i);
    assert.equal(
      await person.page.getByLabel('Email').inputValue(),
      author.email,
      'nothing is to be typed again',
    );
    await checkPage(person.page, 'away-auth-sign-in');
    await known.go('/read/rivers');
    await read(known);
    await known.page.goto('/write');
    assert.match(await read(known), /(not available|cannot be reached|try again)/i);
    await checkPage(known.page, 'away-auth-write');
    await stage.system.command('service', 'start', 'auth');
    await until(known, '/write', 200);
    assert.equal(
      await known.page.getByRole('banner').getByText('Ada Away').count(),
      1,
      'nobody was signed out',
    );
  });

  test('away: without blog the front says so, and is back with it', async () => {
    await using person = await stage.person();
    await stage.system.command('service', 'stop', 'blog');
    for (const path of ['/', '/tags', '/search?q=rivers']) {
      await person.go(path, 503);
      assert.match(await read(person), /(not available|cannot be reached|try again)/i);
    }
    await checkPage(person.page, 'away-blog');
    await person.go('/console');
    await read(person).catch(() => undefined);
    await checkPage(person.page, 'away-blog-console');
    await stage.system.command('service', 'start', 'blog');
    await until(person, '/', 200);
  });
});
