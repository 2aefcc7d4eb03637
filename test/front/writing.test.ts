// What authors and editors do at the front, by its forms alone: whatever happens, no text is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { System } from '../system.ts';
import { decoded, faultOf, typedIn, Visitor } from './visitor.ts';

const admin = { email: 'admin@afteracademy.com', password: 'changeit' };

let system: System;
let origin: string;
before(async () => {
  system = await System.open();
  origin = (await system.addresses()).gateway;
});
after(() => system?.[Symbol.asyncDispose]());

async function author(): Promise<Visitor> {
  const visitor = new Visitor(origin);
  await visitor.signIn(admin);
  return visitor;
}

let last = 0;
const typed = (title = `Article ${++last}`) => ({
  title,
  description: 'What it is about',
  draftText: '\n  A text with <b>signs</b> & "quotes".\n\nAnd an end.\n',
  slug: '',
  imgUrl: '/img/1.png',
  tags: `nature, number ${last}`,
});

/** An article that is stored: its path, and the form as it stands there. */
async function stored(visitor: Visitor, action = 'save') {
  const fields = typed();
  const seen = await visitor.post('/write/new', { ...fields, action });
  assert.match(seen.path, /^\/write\/[0-9a-f]{24}$/, seen.main);
  return { ...seen, fields: { ...fields, version: typedIn(seen, 'version') ?? '' }, id: seen.path.slice(7) };
}

/** Runs `work` while a process hangs. */
async function hanging<T>(name: string, work: () => Promise<T>): Promise<T> {
  const pid = (await system.addresses()).pids[name];
  assert.ok(pid !== undefined);
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

test('front editor: what is stored is what was typed; the address is made of the title, tags come in upper case', async () => {
  const visitor = await author();
  const seen = await visitor.post('/write/new', {
    ...typed('On Éclairs & Tea'),
    tags: 'tea, Tea, cake',
    action: 'save',
  });
  assert.match(seen.main, /Saved as a draft/);
  assert.equal(typedIn(seen, 'slug'), 'on-eclairs-tea');
  assert.equal(typedIn(seen, 'tags'), 'TEA, CAKE');
  assert.equal(typedIn(seen, 'draftText'), typed('').draftText);
});

test('front editor: each fault stands beside its field, and what was typed stays', async () => {
  const visitor = await author();
  const fields = { ...typed('T'), imgUrl: 'ftp://pictures', tags: ' , ', slug: 'a b' };
  const seen = await visitor.post('/write/new', { ...fields, action: 'save' });
  assert.equal(seen.status, 400);
  assert.equal(faultOf(seen, 'title'), 'Title must have at least 3 characters.');
  assert.match(faultOf(seen, 'imgUrl') ?? '', /^Picture must be a web address/);
  assert.match(faultOf(seen, 'tags') ?? '', /one tag at least/);
  for (const [name, value] of Object.entries(fields)) assert.equal(typedIn(seen, name), value);
  const { fields: taken } = await stored(visitor);
  const again = await visitor.post('/write/new', { ...taken, action: 'save' });
  assert.match(faultOf(again, 'slug') ?? '', /Another article has this address/);
});

test('front editor: without a script a preview comes with the form, and stores nothing', async () => {
  const visitor = await author();
  const fields = { ...typed(), draftText: '**bold** <script>alert(1)</script>' };
  const seen = await visitor.post('/write/new', { ...fields, action: 'preview' });
  assert.match(seen.main, /data-preview-text><p><strong>bold<\/strong> <\/p>/);
  assert.equal(typedIn(seen, 'draftText'), fields.draftText);
  const taken = await visitor.post('/write/new', { ...fields, action: 'save' });
  assert.match(taken.main, /Saved as a draft/);
});

test('front editor: saving what was not changed leaves a submission where it is; a change takes it back and says so', async () => {
  const visitor = await author();
  const { path, fields } = await stored(visitor, 'submit');
  const same = await visitor.post(path, {
    ...fields,
    slug: typedIn(await visitor.get(path), 'slug') ?? '',
    action: 'save',
  });
  assert.match(same.main, /It waits for an editor/);
  const changed = await visitor.post(path, { ...fields, description: 'Something else', action: 'save' });
  assert.match(changed.main, /no longer submitted/);
  assert.match(changed.main, /Only you see it/);
});

test('front editor: a text that was changed elsewhere is not overwritten before its author has been told', async () => {
  const visitor = await author();
  const { path, fields } = await stored(visitor);
  await visitor.post(path, { ...fields, description: 'From the first tab', action: 'save' });
  const refused = await visitor.post(path, { ...fields, description: 'From the second tab', action: 'save' });
  assert.equal(refused.status, 409);
  assert.equal(typedIn(refused, 'description'), 'From the second tab');
  assert.equal(typedIn(await visitor.get(path), 'description'), 'From the first tab');
  const version = typedIn(refused, 'version') ?? '';
  const insisted = await visitor.post(path, {
    ...fields,
    version,
    description: 'From the second tab',
    action: 'save',
  });
  assert.equal(typedIn(insisted, 'description'), 'From the second tab');
});

test('front editor: a session that ended, a service that hangs, sessions that cannot be read: the text is still there', async (t) => {
  const visitor = await author();
  const { path, fields } = await stored(visitor);
  const changed = { ...fields, draftText: 'The only copy of a long text.' };
  const kept = async (
    status: number,
    words: RegExp,
    work: () => Promise<Awaited<ReturnType<Visitor['post']>>>,
  ) => {
    const seen = await work();
    assert.equal(seen.status, status);
    assert.match(decoded(seen.main), words);
    assert.equal(typedIn(seen, 'draftText'), changed.draftText);
    assert.equal(typedIn(seen, 'version'), fields.version);
  };
  const save = () => visitor.post(path, { ...changed, action: 'save' });
  await t.test('the blog service hangs', () => kept(504, /took too long/, () => hanging('blog', save)));
  await t.test('Redis hangs', () => kept(503, /not saved/, () => hanging('redis', save)));
  await t.test('the session has ended', async () => {
    const { accessToken: token } = await system.signIn();
    await system.data('DELETE', '/auth/sessions', { token });
    await kept(401, /You are signed out/, save);
    await visitor.signIn(admin);
    assert.match((await save()).main, /Saved\./);
  });
});

test('front desk: nothing is published that its editor has not seen', async () => {
  const visitor = await author();
  const { path, fields, id } = await stored(visitor, 'submit');
  const desk = `/desk/${id}`;
  const first = await visitor.get(desk);
  assert.match(first.main, /Its first publication/);
  await visitor.post(path, { ...fields, draftText: 'Changed since.', action: 'submit' });
  const refused = await visitor.post(`${desk}/publish`, { version: typedIn(first, 'version') ?? '' });
  assert.equal(refused.status, 409);
  assert.match(refused.main, /its author changed it since you looked/);
  const published = await visitor.post(`${desk}/publish`, { version: typedIn(refused, 'version') ?? '' });
  assert.match(published.main, /is published\./);
  const twice = await visitor.post(`${desk}/publish`, { version: typedIn(refused, 'version') ?? '' });
  assert.match(twice.main, /It is not submitted any more/);
  const gone = await visitor.post(`${desk}/unpublish`);
  assert.match(gone.main, /Readers do not see it any more/);
});

test('front desk: the differences of a second edition are marked, counted, and hostile text stays text', async () => {
  const visitor = await author();
  const { path, fields, id } = await stored(visitor, 'submit');
  await visitor.post(`/desk/${id}/publish`, {
    version: typedIn(await visitor.get(`/desk/${id}`), 'version') ?? '',
  });
  const draftText = `${fields.draftText.replace('an end', 'a happy end')}\n<img src=x onerror=alert(1)>`;
  await visitor.post(path, { ...fields, draftText, action: 'submit' });
  const { main } = await visitor.get(`/desk/${id}`);
  assert.match(main, /<del>an <\/del><ins>a happy <\/ins>end/);
  assert.match(main, /\d+ words added, 1 word removed/);
  assert.match(
    main,
    /<span class="visually-hidden">added: <\/span><ins>&lt;img src=x onerror=alert\(1\)&gt;<\/ins>/,
  );
  assert.doesNotMatch(main, /<[^>]*onerror/);
});

test('front desk: two tags become one only after that was asked; a tag that is some article’s last one stays', async () => {
  const visitor = await author();
  const { id, fields, path } = await stored(visitor);
  await visitor.post(path, { ...fields, tags: 'oak, beech', action: 'submit' });
  await visitor.post(`/desk/${id}/publish`, {
    version: typedIn(await visitor.get(`/desk/${id}`), 'version') ?? '',
  });
  const asked = await visitor.post('/desk/tags/rename', { tag: 'OAK', to: 'beech' });
  assert.match(asked.main, /Make OAK and BEECH one tag\?/);
  assert.equal(typedIn(await visitor.get(path), 'tags'), 'OAK, BEECH');
  const merged = await visitor.post('/desk/tags/rename', { tag: 'OAK', to: 'beech', merge: 'yes' });
  assert.match(merged.main, /OAK is BEECH now, in 1 article/);
  assert.equal(typedIn(await visitor.get(path), 'tags'), 'BEECH');
  const refused = await visitor.post('/desk/tags/remove', { tag: 'BEECH' });
  assert.equal(refused.status, 400);
  assert.match(refused.main, new RegExp(`<a href="/desk/${id}">${fields.title}</a>`));
  const missing = await visitor.post('/desk/tags/rename', { tag: 'NOWHERE', to: 'elsewhere' });
  assert.match(missing.main, /No article has this tag any more/);
});
