// Every page, for everybody who may see it, narrow and wide, light and dark: no rule of accessibility broken, nothing sticks
// out, and a picture of it to look at. SCREENSHOTS=folder keeps the pictures.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { browserMissing } from './chromium.ts';
import { FirstView } from './first-view.ts';
import { fillLibrary, type Library } from './library.ts';
import { checkPage } from './page-check.ts';
import type { Person } from './person.ts';
import { admin, Stage } from './stage.ts';

const looks = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
] as const;

/** A page: what its pictures are called, where it is, how it answers. */
type Place = readonly [name: string, path: string, status?: number];

const firstViewBytes = 100_000;
const firstViewMs = 1_000;

describe('browser: every page', { skip: await browserMissing() }, () => {
  let stage: Stage;
  let library: Library;
  before(async () => {
    stage = await Stage.open();
    library = await fillLibrary(stage);
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  /** Looks at one page after the other, at each in every way. */
  async function lookAt(person: Person, role: string, places: readonly Place[]): Promise<void> {
    const faults: string[] = [];
    for (const [name, path, status] of places) {
      await person.go(path, status);
      for (const { width, colorScheme } of looks) {
        await person.page.setViewportSize({ width, height: 900 });
        await person.page.emulateMedia({ colorScheme });
        await checkPage(person.page, `${role}-${name}-${width}-${colorScheme}`).catch((error: unknown) =>
          faults.push(error instanceof Error ? error.message : String(error)),
        );
      }
    }
    assert.ok(faults.length === 0, faults.join('\n'));
  }

  const slug = () => library.published[0]?.slug ?? '';

  test('pages: as nobody sees them', async () => {
    await using person = await stage.person();
    await lookAt(person, 'nobody', [
      ['front', '/'],
      ['tags', '/tags'],
      ['tag', '/tag/NATURE'],
      ['tag-unknown', '/tag/NOTHING', 404],
      ['search', '/search?q=river'],
      ['search-empty', '/search?q=zebra'],
      ['author', `/author/${library.author.id}`],
      ['article', `/read/${slug()}`],
      ['article-missing', '/read/not-there', 404],
      ['sign-in', '/sign-in'],
      ['sign-up', '/sign-up'],
      ['docs', '/docs/'],
    ]);
  });

  test('pages: the console, in development', async () => {
    await using person = await stage.person();
    await lookAt(person, 'console', [
      ['map', '/console'],
      ['traffic', '/console/traffic'],
      ['slow', '/console/slow'],
      ['events', '/console/events'],
      ['sign-in', '/console/sign-in'],
    ]);
  });

  test('pages: as a reader sees them', async () => {
    await using person = await stage.signedIn(library.reader);
    await lookAt(person, 'reader', [
      ['front', '/'],
      ['article', `/read/${slug()}`],
      ['account', '/account'],
      ['sessions', '/account/sessions'],
      ['write', '/write', 403],
      ['desk', '/desk', 403],
    ]);
  });

  test('pages: as an author sees them', async () => {
    await using person = await stage.signedIn(library.author);
    await lookAt(person, 'author', [
      ['write', '/write'],
      ['new', '/write/new'],
      ['draft', `/write/${library.draft._id}`],
      ['delete', `/write/${library.draft._id}/delete`],
      ['published', `/write/${library.published[0]?._id}`],
    ]);
  });

  test('pages: as an editor sees them', async () => {
    await using person = await stage.signedIn(library.editor);
    await lookAt(person, 'editor', [
      ['desk', '/desk'],
      ['new', `/desk/${library.submitted._id}`],
      ['differences', `/desk/${library.published[0]?._id}`],
      ['tags', '/desk/tags'],
      ['article', `/read/${slug()}`],
    ]);
  });

  test('pages: as an admin sees them', async () => {
    await using person = await stage.person();
    await person.signIn(admin, '/console/sign-in');
    await lookAt(person, 'admin', [
      ['keys', '/console/keys'],
      ['users', '/console/users'],
      ['users-found', '/console/users?search=ada'],
    ]);
  });

  test('pages: forms that were filled in wrongly', async () => {
    await using person = await stage.person();
    const { page } = person;
    await person.go('/sign-up');
    await page.getByLabel('Name').fill('A');
    await page.getByLabel('Email').fill('a@b.example');
    await page.getByLabel('Password').fill('short');
    await person.button('Make the account').click();
    await page
      .getByText(/at least/)
      .first()
      .waitFor();
    await checkPage(page, 'nobody-sign-up-wrong-1440');
    await person.go('/sign-in');
    await page.getByLabel('Email').fill(library.reader.email);
    await page.getByLabel('Password').fill('not the password');
    await person.button('Sign in').click();
    await page.getByRole('alert').first().waitFor();
    await checkPage(page, 'nobody-sign-in-wrong-1440');
  });

  for (const path of ['/', '/console']) {
    test(`pages: the first view of ${path} is small, and there at once`, async (t) => {
      const views: FirstView[] = [];
      for (let i = 0; i < 3; i++) {
        await using person = await stage.person();
        views.push(await FirstView.of(person, path));
      }
      for (const view of views) t.diagnostic(String(view));
      assert.ok(Math.max(...views.map(({ bytes }) => bytes)) < firstViewBytes);
      // The machine may have been busy with something else; it is not each time.
      assert.ok(Math.min(...views.map(({ ms }) => ms)) < firstViewMs);
    });
  }
});
