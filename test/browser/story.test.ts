// An article from the sign-up of its author to the comments of its readers, in a browser; then with the keyboard alone, and
// without JavaScript.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { browserMissing } from './chromium.ts';
import type { Person } from './person.ts';
import { admin, Stage } from './stage.ts';

const text = `# Where it begins

It begins with **rain**, high up, and with [a map](https://maps.example/).

- a spring
- a brook
- a river`;

/** Whether the element in focus looks like it. */
const focusIsShown = `(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none')(
  getComputedStyle(document.activeElement))`;

describe('browser: the story of an article', { skip: await browserMissing() }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage?.browser.assertSilence());
  after(() => stage?.[Symbol.asyncDispose]());

  const ada = { name: 'Ada Author', email: 'ada@example.com', password: 'long and secret' };

  async function signUp(person: Person, { name, email, password }: typeof ada): Promise<void> {
    await person.go('/');
    await person.page.getByRole('link', { name: 'Sign up' }).first().click();
    await person.page.getByLabel('Name').fill(name);
    await person.page.getByLabel('Email').fill(email);
    await person.page.getByLabel('Password').fill(password);
    await person.button('Make the account').click();
    await person.page.getByRole('banner').getByText(name).waitFor();
  }

  test('story: from sign-up to comment, with a second edition', async (t) => {
    let going = true;
    /** One scene; when it fails, what would follow is left out. */
    const step = async (name: string, act: () => Promise<void>) => {
      if (!going) return;
      going = false;
      await t.test(name, async () => {
        await act();
        going = true;
      });
    };
    await using author = await stage.person();
    await using editor = await stage.person();
    await using reader = await stage.person();

    await step('somebody signs up, and may not write yet', async () => {
      await signUp(author, ada);
      await author.go('/write', 403);
    });

    await step('an admin makes them AUTHOR in the console', async () => {
      await editor.signIn(admin, '/console/sign-in');
      await editor.go('/console/users?search=ada');
      const row = editor.page.getByRole('row', { name: /ada@example\.com/ });
      await row.getByLabel('AUTHOR').check();
      await row.getByRole('button', { name: /save|roles/i }).click();
      await editor.page.getByRole('status').first().waitFor();
      assert.equal(
        await editor.page.getByRole('row', { name: /ada@/ }).getByLabel('AUTHOR').isChecked(),
        true,
      );
    });

    await step('they write with a preview, and submit', async () => {
      await author.go('/write/new');
      const { page } = author;
      await page.getByLabel('Title').fill('How rivers find the sea');
      await page.getByLabel('Text').fill(text);
      await page.getByLabel('Description').fill('A walk along the water');
      await page.getByLabel('Tags').fill('nature, walking');
      await page.getByLabel('Picture').fill(stage.pictures.url('river'));
      await author.button('Preview').click();
      const preview = page.getByRole('region', { name: 'Preview' });
      await preview.getByRole('heading', { name: 'Where it begins' }).waitFor();
      assert.equal(await preview.locator('strong').textContent(), 'rain');
      await author.button('Save and submit').click();
      await page.getByText('It waits for an editor.').waitFor();
    });

    await step('an editor sees what is new, and publishes', async () => {
      await editor.signIn(admin);
      await editor.go('/desk');
      await editor.page.getByRole('link', { name: 'How rivers find the sea' }).click();
      await editor.page.getByRole('main').getByText('It begins with', { exact: false }).first().waitFor();
      await editor.button('Publish').click();
      await editor.page.getByRole('status').first().waitFor();
    });

    await step('a third person reads it, comments, and answers', async () => {
      await signUp(reader, {
        name: 'Rita Reader',
        email: 'rita@example.com',
        password: 'also long and secret',
      });
      await reader.go('/');
      await reader.page.getByRole('link', { name: 'How rivers find the sea' }).click();
      await reader.page.getByRole('heading', { level: 1, name: 'How rivers find the sea' }).waitFor();
      assert.equal(
        await reader.page.getByRole('link', { name: 'a map' }).getAttribute('href'),
        'https://maps.example/',
      );
      await reader.page.getByLabel('Your comment').fill('Where is the spring?');
      await reader.button('Post comment').click();
      const comment = reader.page.getByRole('article').filter({ hasText: 'Where is the spring?' });
      await comment.first().waitFor();
      await comment.getByText('Reply', { exact: true }).click();
      await comment.getByLabel('Your reply').fill('Found it myself.');
      await comment.getByRole('button', { name: 'Post reply' }).click();
      await reader.page.getByRole('paragraph').filter({ hasText: 'Found it myself.' }).waitFor();
    });

    await step('the editor hides the comment: readers do not see it, editors do', async () => {
      await editor.go('/read/how-rivers-find-the-sea');
      await editor.page.getByRole('link', { name: 'Show 1 reply' }).click();
      const reply = editor.page.getByRole('article').filter({ hasText: 'Found it myself.' });
      await reply.getByRole('button', { name: 'Hide' }).click();
      await reply.getByText('Hidden from readers').waitFor();
      await reader.page.reload();
      await reader.page.getByRole('paragraph').filter({ hasText: 'Where is the spring?' }).waitFor();
      assert.doesNotMatch(await reader.page.content(), /Found it myself/);
    });

    await step('the author changes it; the desk shows what is new, and it is republished', async () => {
      await author.go('/write');
      await author.page.getByRole('link', { name: 'Published' }).click();
      await author.page.getByRole('link', { name: 'How rivers find the sea' }).first().click();
      await author.page.getByLabel('Text').fill(text.replace('rain', 'snow'));
      await author.button(/^Save and submit/).click();
      await author.page.getByText('Published, new text submitted').waitFor();
      await editor.go('/desk');
      await editor.page.getByRole('link', { name: 'How rivers find the sea' }).first().click();
      assert.deepEqual(await editor.page.getByRole('deletion').allTextContents(), ['rain']);
      assert.deepEqual(await editor.page.getByRole('insertion').allTextContents(), ['snow']);
      await reader.page.reload();
      await reader.page.getByText('It begins with rain').waitFor();
      await editor.button('Publish the new text').click();
      await editor.page.getByRole('status').first().waitFor();
      await reader.page.reload();
      await reader.page.getByText('It begins with snow').waitFor();
    });
  });

  /** Presses Tab until what has the focus is called so. */
  async function tabTo({ page }: Person, role: 'link' | 'button' | 'textbox', name: string): Promise<void> {
    const wanted = page.getByRole(role, { name, exact: true });
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      if ((await focused.count()) === 1 && (await focused.and(wanted).count()) === 1) {
        const shown = await page.evaluate<boolean>(focusIsShown);
        assert.ok(shown, `${name} shows that it has the focus`);
        return;
      }
    }
    assert.fail(`no ${role} "${name}" can be reached by Tab`);
  }

  test('story: with the keyboard alone: sign in, comment', async () => {
    const { email, password, tokens } = await stage.account('Kim Keys', 'AUTHOR');
    await stage.published({ tokens }, { title: 'Of keys and boards', slug: 'keys' });
    await using person = await stage.person();
    const { page } = person;
    await person.go('/');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').textContent(), 'Skip to the content');
    await tabTo(person, 'link', 'Of keys and boards');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/read/keys');
    await tabTo(person, 'link', 'Sign in');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sign-in*');
    await tabTo(person, 'textbox', 'Email');
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/read/keys');
    await tabTo(person, 'textbox', 'Your comment');
    await page.keyboard.type('Typed without a mouse.');
    await tabTo(person, 'button', 'Post comment');
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'Typed without a mouse.' }).waitFor();
  });

  test('story: without JavaScript: sign up, write, submit, publish, comment', async () => {
    await using author = await stage.person({ javaScript: false });
    await signUp(author, { name: 'Nora Script', email: 'nora@example.com', password: 'long and secret' });
    await using editor = await stage.person({ javaScript: false });
    await editor.signIn(admin, '/console/sign-in');
    await editor.go('/console/users?search=nora');
    await editor.page.getByLabel('Author').check();
    await editor.button('Save the roles of Nora Script').click();
    await editor.page.getByRole('status').waitFor();
    const { page } = author;
    await author.go('/write/new');
    await page.getByLabel('Title').fill('Plain pages');
    await page.getByLabel('Text').fill('Pages that are **only** pages.');
    await page.getByLabel('Description').fill('About pages');
    await page.getByLabel('Tags').fill('web');
    await page.getByLabel('Picture').fill(stage.pictures.url('plain'));
    await author.button('Preview').click();
    await page.getByRole('region', { name: 'Preview' }).getByText('Pages that are only pages.').waitFor();
    assert.equal(await page.getByLabel('Title').inputValue(), 'Plain pages');
    await author.button('Save and submit').click();
    await page.getByText('It waits for an editor.').waitFor();
    await editor.signIn(admin);
    await editor.go('/desk');
    await editor.page.getByRole('link', { name: 'Plain pages' }).click();
    await editor.button('Publish').click();
    await editor.page.getByRole('status').waitFor();
    await author.go('/');
    await page.getByRole('link', { name: 'Plain pages' }).click();
    await page.getByLabel('Your comment').fill('Sent by a form.');
    await author.button('Post comment').click();
    await page.getByRole('article').filter({ hasText: 'Sent by a form.' }).waitFor();
    await editor.go('/console');
    // Words in a noscript are none for getByText, shown or not.
    await editor.page.locator('noscript p').waitFor();
    await editor.page.getByRole('table', { name: 'Parts of the system' }).waitFor();
  });
});
