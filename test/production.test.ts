// The whole system as it starts with NODE_ENV=production: without seeds, and with a console that is for administrators.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Visitor } from './front/visitor.ts';
import { System } from './system.ts';

const madeAdmin = join(import.meta.dirname, '..', 'deploy', 'make-admin.sql');
const shown = ['', '/traffic', '/slow', '/events', '/keys', '/users'].map((page) => `/console${page}`);
const person = { name: 'Ann', email: 'ann@example.com', password: 'unusual words of Ann 77' };
const html = { accept: 'text/html' };

let system: System;
let origin: string;

before(async () => {
  process.env.NODE_ENV = 'production';
  system = await System.open();
  origin = (await system.addresses()).gateway;
});

after(() => system[Symbol.asyncDispose]());

test('production: it starts without seeds, and the front is there with a key of its own', async () => {
  assert.equal((await system.ask('GET', '/blog/list/latest')).status, 403);
  const visitor = new Visitor(origin);
  assert.equal((await visitor.get('/')).status, 200);
  const { main } = await visitor.insist('/sign-up', person);
  assert.doesNotMatch(main, /class="fault/);
  assert.match((await visitor.get('/account')).main, /ann@example\.com/);
});

test('production: a stranger is led to the sign-in by every page of the console, and sees nothing of its stream', async () => {
  for (const path of shown) {
    const { status, headers, text } = await system.ask('GET', path, { apiKey: null, headers: html });
    assert.equal(status, 200, path);
    assert.match(text, /Sign in/, path);
    assert.doesNotMatch(text, /id="view"|127\.0\.0\.1:\d/, path);
    assert.equal(headers.get('cache-control'), 'no-store');
  }
  const stream = await system.ask('GET', '/console/live?view=map', { apiKey: null });
  assert.equal(stream.status, 401);
  const again = { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded', origin } };
  const sent = await system.ask('POST', '/console/events/parked/1/again', { ...again, apiKey: null });
  assert.equal(sent.status, 401);
});

test('production: the console is for who has ADMIN, from the moment that they have it', async () => {
  const visitor = new Visitor(origin);
  const signIn = () =>
    visitor.insist('/console/sign-in', { email: person.email, password: person.password, back: '/console' });
  await signIn();
  assert.equal((await visitor.get('/console')).status, 403);
  const { postgres } = await system.addresses();
  await promisify(execFile)('psql', [postgres, '--set', `email=${person.email}`, '--file', madeAdmin]);
  await signIn();
  for (const path of shown) assert.equal((await visitor.get(path)).status, 200, path);
  assert.match((await visitor.get('/console')).main, /id="view"/);
});
