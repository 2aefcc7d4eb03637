// What people do with their own account at the front, by its forms alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { System } from '../system.ts';
import { faultOf, typedIn, Visitor } from './visitor.ts';

let system: System;
let origin: string;
before(async () => {
  system = await System.open();
  origin = (await system.addresses()).gateway;
});
after(() => system?.[Symbol.asyncDispose]());

const password = 'correct horse battery';

async function signedUp(name: string): Promise<{ visitor: Visitor; email: string }> {
  const visitor = new Visitor(origin);
  const email = `${name.toLowerCase()}@example.com`;
  const { path, main } = await visitor.insist('/sign-up', { name, email, password, back: '/account' });
  assert.equal(path, '/account', main);
  return { visitor, email };
}

test('front sign-up: each fault stands beside its field, what was typed stays, but for the password', async () => {
  const visitor = new Visitor(origin);
  const seen = await visitor.insist('/sign-up', { name: 'N', email: 'nobody', password: 'abc' });
  assert.equal(seen.status, 400);
  assert.equal(faultOf(seen, 'name'), 'Name must have at least 2 characters.');
  assert.match(faultOf(seen, 'email') ?? '', /^Email must be an email address/);
  assert.equal(faultOf(seen, 'password'), 'Password must have at least 6 characters.');
  assert.deepEqual([typedIn(seen, 'name'), typedIn(seen, 'email')], ['N', 'nobody']);
  assert.ok(!seen.main.includes('abc'));
});

test('front sign-up: an address that has an account already is named at its field', async () => {
  const { email } = await signedUp('Tess');
  const seen = await new Visitor(origin).insist('/sign-up', { name: 'Other', email, password });
  assert.match(faultOf(seen, 'email') ?? '', /There is an account with this address/);
});

test('front sign-in: it leads back to where one was, and never to another site', async () => {
  const { email } = await signedUp('Bea');
  const back = async (to: string) =>
    (await new Visitor(origin).insist('/sign-in', { email, password, back: to })).path;
  assert.equal(await back('/account/sessions'), '/account/sessions');
  for (const foreign of ['//evil.example/', 'https://evil.example/', '/\\evil.example', '/\t/evil.example']) {
    assert.equal(await back(foreign), '/', foreign);
  }
  const wrong = await new Visitor(origin).insist('/sign-in', { email, password: 'another', back: '/tags' });
  assert.match(wrong.main, /Email or password is wrong\./);
  assert.deepEqual([typedIn(wrong, 'email'), typedIn(wrong, 'back')], [email, '/tags']);
});

test('front profile: name and picture change, the picture goes again, faults stand beside the fields', async () => {
  const { visitor } = await signedUp('Pia');
  const picture = 'https://pictures.example/pia.png';
  const saved = await visitor.post('/account/profile', {
    name: 'Pia B',
    profilePicUrl: picture,
    picture: 'keep',
  });
  assert.match(saved.main, /Your profile is saved/);
  assert.deepEqual([typedIn(saved, 'name'), typedIn(saved, 'profilePicUrl')], ['Pia B', picture]);
  const bad = await visitor.post('/account/profile', {
    name: '',
    profilePicUrl: 'no address',
    picture: 'keep',
  });
  assert.equal(faultOf(bad, 'name'), 'Name is needed.');
  assert.equal(typedIn(bad, 'profilePicUrl'), 'no address');
  const without = await visitor.post('/account/profile', {
    name: 'Pia B',
    profilePicUrl: picture,
    picture: 'remove',
  });
  assert.equal(typedIn(without, 'profilePicUrl'), '');
});

test('front password: a wrong one is named at its field; a new one ends every other session, not this one', async () => {
  const { visitor, email } = await signedUp('Pam');
  const other = new Visitor(origin);
  await other.signIn({ email, password });
  const newPassword = 'another horse battery';
  const wrong = await visitor.insist('/account/password', { currentPassword: 'not it at all', newPassword });
  assert.equal(faultOf(wrong, 'currentPassword'), 'This is not your current password.');
  assert.equal((await other.get('/account/sessions')).path, '/account/sessions');
  const changed = await visitor.insist('/account/password', { currentPassword: password, newPassword });
  assert.match(changed.main, /every other session has ended/);
  assert.match((await other.get('/account/sessions')).path, /^\/sign-in\?/);
  assert.equal((await visitor.get('/account/sessions')).path, '/account/sessions');
});

test('front sessions: this one is marked, another one can be ended', async () => {
  const { visitor, email } = await signedUp('Sam');
  const other = new Visitor(origin);
  await other.signIn({ email, password });
  const { main } = await visitor.get('/account/sessions');
  assert.equal(main.match(/class="session"/g)?.length, 2);
  assert.equal(main.match(/this session/g)?.length, 1);
  const [, id = ''] = /name="id" value="([^"]+)"/.exec(main) ?? [];
  const ended = await visitor.post('/account/sessions/end', { id });
  assert.match(ended.main, /The session is ended/);
  assert.match((await other.get('/account/sessions')).path, /^\/sign-in\?/);
  const again = await visitor.post('/account/sessions/end', { id });
  assert.match(again.main, /That session has ended already/);
});

test('front deactivation: it is asked for once more, signs out, and nobody signs in by it again', async () => {
  const { visitor, email } = await signedUp('Dan');
  assert.match((await visitor.get('/account/deactivate')).main, /Deactivate it/);
  assert.match((await visitor.post('/account/deactivate')).main, /Your account is deactivated/);
  assert.match((await visitor.get('/account')).path, /^\/sign-in\?/);
  const seen = await new Visitor(origin).insist('/sign-in', { email, password });
  assert.match(seen.main, /Email or password is wrong\./);
});

test('front deactivation: the last admin is told to make another one first', async () => {
  const admin = new Visitor(origin);
  await admin.signIn({ email: 'admin@afteracademy.com', password: 'changeit' });
  assert.match((await admin.post('/account/deactivate')).main, /You are the last administrator/);
});

test('front: those who may not write or publish are told how one comes to', async () => {
  const { visitor, email } = await signedUp('Lea');
  for (const path of ['/write', '/write/new', '/desk', '/desk/tags']) {
    const { status, main } = await visitor.get(path);
    assert.equal(status, 403, path);
    assert.ok(main.includes(email) && main.includes('administrator'), path);
  }
});
