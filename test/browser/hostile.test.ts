// Texts that want to be more than text: wherever they are shown, nothing of them runs, and the browser has nothing to stop.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';
import { browserMissing } from './chromium.ts';
import { hostileTags, hostileTexts } from './hostile-texts.ts';
import type { Person } from './person.ts';
import { type Account, type Article, admin, Stage } from './stage.ts';

const finds = await readFile(new URL('./in-page/hostile.js', import.meta.url), 'utf8');
const hostileName = '"><img src=x onerror=ran(0)><script>ran(0)</script>';

describe('browser: hostile texts', { skip: await browserMissing() }, () => {
  let stage: Stage;
  let author: Account;
  let articles: Article[];
  const ran: string[] = [];
  before(async () => {
    stage = await Stage.open();
    author = await stage.account(hostileName, 'AUTHOR', 'EDITOR');
    articles = [];
    for (const [index, text] of hostileTexts.entries()) {
      const tags = [hostileTags[index % hostileTags.length] ?? ''];
      const words = { title: text, description: text, draftText: text, slug: `hostile-${index}`, tags };
      articles.push(await stage.published(author, words));
    }
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  /** Somebody whose pages tell when a text has run. */
  async function listening(account?: { email: string; password: string }): Promise<Person> {
    const person = account ? await stage.signedIn(account) : await stage.person();
    await person.context.exposeBinding('ran', ({ page }, what) => ran.push(`${page.url()}: ${what}`));
    await person.context.addInitScript('globalThis.RAN = globalThis.ran');
    return person;
  }

  /** Nothing of what is shown is more than text, also when everything that can be pressed is in focus once. */
  async function nothingRuns({ page }: Person, where: string): Promise<void> {
    assert.deepEqual(await page.evaluate<string[]>(finds), [], where);
    assert.deepEqual(ran, [], where);
  }

  test('hostile: in an article', async () => {
    await using person = await listening();
    for (const [index, { slug }] of articles.entries()) {
      await person.go(`/read/${slug}`);
      await nothingRuns(person, hostileTexts[index] ?? '');
      const heading = person.page.getByRole('heading', { level: 1 });
      assert.equal(squeezed((await heading.textContent()) ?? ''), squeezed(hostileTexts[index] ?? ''));
      assert.ok(await person.page.getByRole('contentinfo').isVisible(), 'what stands below is still there');
    }
  });

  test('hostile: in a preview', async () => {
    await using person = await listening(author);
    await person.go('/write/new');
    const preview = person.page.getByRole('region', { name: 'Preview' });
    for (const text of hostileTexts) {
      await person.page.getByLabel('Text').fill(`${text}\n\nThe end of it.`);
      const answered = person.page.waitForResponse(/\/write\/preview$/);
      await person.button('Preview').click();
      assert.equal((await answered).status(), 200);
      await preview.waitFor();
      await nothingRuns(person, text);
    }
  });

  test('hostile: in lists, by tag, by author, in a search', async () => {
    await using person = await listening();
    const paths = ['/', '/?page=2', '/?page=3', '/tags', `/author/${author.id}`, '/search?q=script'];
    for (const tag of hostileTags) paths.push(`/tag/${encodeURIComponent(tag)}`);
    for (const text of hostileTexts.filter((_, index) => index % 6 === 0))
      paths.push(`/search?q=${encodeURIComponent(text)}`);
    for (const path of paths) {
      await person.go(path);
      await nothingRuns(person, path);
    }
  });

  test('hostile: at the desk, beside what it was before', async () => {
    await using person = await listening(author);
    const together = 6;
    for (let at = 0; at < hostileTexts.length; at += together) {
      const { _id } = articles[at] ?? assert.fail();
      const draftText = hostileTexts
        .slice(at, at + together)
        .toReversed()
        .join('\n\n');
      const token = author.tokens.accessToken;
      await stage.system.data('PUT', '/blog/author', { body: { _id, draftText }, token });
      await stage.system.data('PUT', `/blog/author/submit/id/${_id}`, { token });
      await person.go(`/desk/${_id}`);
      await nothingRuns(person, draftText);
    }
    for (const path of ['/desk', '/desk/tags', '/write', `/write/${articles[0]?._id}`]) {
      await person.go(path);
      await nothingRuns(person, path);
    }
  });

  test('hostile: in comments and answers to them', async () => {
    await using person = await listening(author);
    const { _id, slug } = articles[0] ?? assert.fail();
    for (const text of hostileTexts) {
      const comment = await stage.comment(author, _id, text);
      await stage.comment(author, _id, text, comment._id);
    }
    for (const path of [`/read/${slug}`, `/read/${slug}?page=2`, '/account', '/account/sessions']) {
      await person.go(path);
      await nothingRuns(person, path);
    }
  });

  test('hostile: in the console', async () => {
    const { accessToken: token } = await stage.adminTokens();
    const body = { permissions: ['GENERAL'], comments: hostileTexts.slice(0, 10) };
    await stage.system.data('POST', '/auth/apikeys', { body, token });
    await stage.account(`${hostileName} again`);
    await using person = await stage.person();
    await person.context.exposeBinding('ran', ({ page }, what) => ran.push(`${page.url()}: ${what}`));
    await person.signIn(admin, '/console/sign-in');
    for (const path of ['/console/events', '/console/keys', '/console/users', '/console', '/console/slow']) {
      await person.go(path);
      if (path === '/console/events')
        await person.page.getByText('ran(0)').first().waitFor({ state: 'attached' });
      await nothingRuns(person, path);
    }
  });
});

const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
