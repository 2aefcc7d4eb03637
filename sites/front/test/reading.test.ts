import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser, type Seen } from '../../../packages/web/test/browser.ts';
import { System } from '../../../test/system.ts';

interface Account {
  readonly user: { readonly id: string };
  readonly tokens: { readonly accessToken: string };
}

const password = 'a long and secret word';

describe('reading and commenting', () => {
  let system: System;
  let origin: string;
  let adminToken: string;
  let blog: { _id: string; slug: string };
  before(async () => {
    system = await System.open();
    origin = (await system.addresses()).gateway;
    adminToken = (await system.signIn()).accessToken;
    blog = await publish('On rivers', 'on-rivers/& so on', ['WATER', 'C++/CLI']);
  });
  after(() => system[Symbol.asyncDispose]());

  const call = <T>(method: string, path: string, body?: unknown, token = adminToken) =>
    system.data<T>(method, path, { token, ...(body === undefined ? {} : { body }) });

  async function publish(
    title: string,
    slug: string,
    tags: string[],
  ): Promise<{ _id: string; slug: string }> {
    const body = {
      title,
      description: `About ${title}`,
      draftText: '# One\n\n<b>Text</b>',
      slug,
      imgUrl: '/x.png',
      tags,
    };
    const made = await call<{ _id: string; slug: string }>('POST', '/blog/author', body);
    await call('PUT', `/blog/author/submit/id/${made._id}`);
    await call('PUT', `/blog/editor/publish/id/${made._id}`);
    return made;
  }

  /** Somebody at a browser, signed in when there is an email. */
  async function reader(email?: string, secret = password): Promise<Browser> {
    const browser = new Browser();
    if (email === undefined) return browser;
    const { status } = await browser.post(`${origin}/sign-in`, { email, password: secret });
    assert.equal(status, 303);
    return browser;
  }

  async function signedUp(name: string): Promise<{ browser: Browser; account: Account }> {
    const email = `${name}@example.com`;
    const account = await call<Account>('POST', '/auth/signup/basic', { email, password, name });
    return { browser: await reader(email), account };
  }

  const see = (browser: Browser, path: string) => browser.get(`${origin}${path}`);
  const page = () => `/read/${encodeURIComponent(blog.slug)}`;
  const comment = (browser: Browser, form: Record<string, string>) =>
    browser.post(`${origin}${page()}/comments`, { from: page(), ...form });
  const sentTo = ({ status, headers }: Seen) => {
    assert.equal(status, 303);
    return headers.get('location') ?? '';
  };
  const idIn = (location: string) => /#comment-([0-9a-f]{24})$/.exec(location)?.[1] ?? assert.fail(location);
  const written = async (browser: Browser, form: Record<string, string>) =>
    idIn(sentTo(await comment(browser, form)));

  test('an article is there with its head, its text, and where else it is found', async () => {
    const { status, text } = await see(await reader(), page());
    assert.equal(status, 200);
    assert.match(text, /<title>On rivers · tsmicro<\/title>/);
    assert.match(text, /<meta name="description" content="About On rivers">/);
    assert.match(text, new RegExp(`<link rel="canonical" href="${page().replace(/[.*+?^$()|]/g, '\\$&')}">`));
    assert.match(text, /<h1>On rivers<\/h1>/);
    assert.match(text, /<h2>One<\/h2>\s*<p><b>Text<\/b><\/p>/);
    assert.match(text, /href="\/tag\/C%2B%2B%2FCLI"/);
    assert.equal((await see(await reader(), '/tag/C%2B%2B%2FCLI')).status, 200);
  });

  test('the lists lead to it: the latest, its tags, its author, a search', async () => {
    const anybody = await reader();
    const [author = ''] = /\/author\/[0-9a-f-]+/.exec((await see(anybody, page())).text) ?? [];
    for (const path of ['/', '/tag/WATER', author, '/search?q=rivers']) {
      const { status, text } = await see(anybody, path);
      assert.equal(status, 200, path);
      assert.ok(text.includes(`href="${page()}"`), path);
    }
    assert.match((await see(anybody, '/tags')).text, /href="\/tag\/WATER">WATER<\/a> <span>1 article</);
    assert.equal(sentTo(await see(anybody, '/tag/water')), '/tag/WATER');
  });

  test('what is not there says so, with ways on', async () => {
    const anybody = await reader();
    const absent = [
      '/read/nothing',
      '/author/nobody',
      `/author/${crypto.randomUUID()}`,
      '/tag/NOWHERE',
      '/?page=7',
    ];
    for (const path of absent) {
      const { status, text } = await see(anybody, path);
      assert.equal(status, 404, path);
      assert.match(text, /<h1[ >]/, path);
      assert.match(text, /href="\/(?:tags)?"/, path);
    }
    assert.match((await see(anybody, '/search?q=zeppelin')).text, /Nothing says “zeppelin”/);
    assert.match((await see(anybody, '/search')).text, /A word or two is enough/);
  });

  test('a search that the API refuses keeps its words and says what is wrong beside them', async () => {
    const { status, text } = await see(await reader(), `/search?q=${'x'.repeat(201)}`);
    assert.equal(status, 400);
    assert.match(text, new RegExp(`value="${'x'.repeat(201)}"`));
    assert.match(text, /<p class="fault" [^>]*>What you search for can have at most 200 characters\.<\/p>/);
  });

  test('a comment is written, answered, changed and deleted by who wrote it', async () => {
    const { browser } = await signedUp('ann');
    const to = sentTo(await comment(browser, { text: 'Where does it begin?' }));
    const top = idIn(to);
    const shown = await see(browser, to.split('#')[0] ?? '');
    assert.match(shown.text, /<p class="notice" role="status">Your comment is there\.<\/p>/);
    assert.match(shown.text, /Where does it begin\?/);
    const { browser: bob } = await signedUp('bob');
    const answered = sentTo(await comment(bob, { text: 'High up.', parent: top }));
    assert.ok(answered.startsWith(`${page()}?replies=${top}#comment-`), answered);
    const anybody = await reader();
    assert.doesNotMatch((await see(anybody, page())).text, /High up\./);
    assert.match((await see(anybody, `${page()}?replies=${top}`)).text, /High up\./);
    const changed = await browser.post(`${origin}/comments/${top}/edit`, {
      from: page(),
      text: 'Where does it end?',
    });
    assert.equal(sentTo(changed), `${page()}#comment-${top}`);
    assert.match((await see(anybody, page())).text, /Where does it end\?/);
    await browser.post(`${origin}/comments/${top}/delete`, { from: page() });
    assert.match((await see(anybody, page())).text, /This comment was deleted\./);
  });

  test('what the API refuses stands beside the form that has what was typed', async () => {
    const { browser } = await signedUp('cleo');
    const long = 'ä'.repeat(5_001);
    const refused = await comment(browser, { text: long });
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      new RegExp(`${long}</textarea>\\s*<p class="fault"[^>]*>Your comment can have at most 5000`),
    );
    const own = await written(browser, { text: 'mine' });
    const edit = await browser.post(`${origin}/comments/${own}/edit`, { from: page(), text: ' ' });
    assert.match(edit.text, /<details class="action"[^>]* open><summary>Edit<.*?class="fault"/s);
    const others = await (await signedUp('dora')).browser.post(`${origin}/comments/${own}/edit`, {
      from: page(),
      text: 'theirs',
    });
    assert.match(others.text, /Only its author may change a comment\./);
  });

  test('what was typed outlives a session that ended, and an article that was taken back', async () => {
    const { browser } = await signedUp('emil');
    browser.cookies.clear();
    const out = await comment(browser, { text: 'Do not lose this' });
    assert.equal(out.status, 401);
    assert.match(out.text, /Do not lose this<\/textarea>/);
    const { browser: finn } = await signedUp('finn');
    const gone = await publish('Soon gone', 'soon-gone', ['WATER']);
    await call('PUT', `/blog/editor/unpublish/id/${gone._id}`);
    const lost = await finn.post(`${origin}/read/soon-gone/comments`, {
      from: '/read/soon-gone',
      text: 'Nor this',
    });
    assert.equal(lost.status, 404);
    assert.match(lost.text, /Nor this<\/textarea>/);
  });

  test('an editor hides a comment from readers, sees it marked, and shows it again', async () => {
    const { browser } = await signedUp('gwen');
    const id = await written(browser, { text: 'Buy my boats' });
    const editor = await reader('admin@afteracademy.com', 'changeit');
    const moderate = (by: Browser, action: string) =>
      by.post(`${origin}/comments/${id}/${action}`, { from: page() });
    assert.match((await moderate(browser, 'hide')).text, /Your account may not do this\./);
    sentTo(await moderate(editor, 'hide'));
    assert.doesNotMatch((await see(browser, page())).text, /Buy my boats/);
    assert.match((await see(editor, page())).text, /Hidden from readers.*Buy my boats/s);
    sentTo(await moderate(editor, 'unhide'));
    assert.match((await see(await reader(), page())).text, /Buy my boats/);
  });
});
