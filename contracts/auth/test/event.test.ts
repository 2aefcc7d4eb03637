import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvent } from '@tsmicro/micro';
import { apiKeyCreated, authEvents, userRegistered, userUpdated } from '../src/index.ts';

const id = '2f6e1c1e-8f0e-4d38-9c0a-7a4f3f0d7b11';

test('the auth service tells of users, sessions and API keys, each kind on a subject of its own', () => {
  const what = authEvents.map(({ type }) => type.replace('events.auth.', '')).sort();
  assert.deepEqual(what, [
    'apikey.created',
    'apikey.revoked',
    'session.revoked',
    'user.deactivated',
    'user.registered',
    'user.roles-changed',
    'user.updated',
  ]);
});

test('an event says what everybody may know: no email, no password, no key', () => {
  const user = { id, name: 'Ann', email: 'ann@example.com', password: 'correct horse' };
  for (const definition of [userRegistered, userUpdated]) {
    assert.deepEqual(createEvent(definition, id, user).data, { id, name: 'Ann' });
  }
  const apiKey = { id, hash: 'a'.repeat(64), prefix: '1D3F' };
  assert.deepEqual(
    createEvent(apiKeyCreated, id, { ...apiKey, key: '1D3F2DD1' } as typeof apiKey).data,
    apiKey,
  );
});
