// The bytes that Go's encoding/json writes for the messages of gomicro, and those it is to get back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { NatsClient } from '@tsmicro/micro';
import { sql } from '@tsmicro/postgres';
import type { Person } from './auth-client.ts';
import { type AuthFixture, connectAsker, openAuth } from './auth-fixture.ts';

describe('the contract over NATS', () => {
  let auth: AuthFixture;
  let nats: NatsClient;
  let plain: Person;
  let pictured: Person;

  before(async () => {
    auth = await openAuth();
    nats = await connectAsker(auth.surroundings);
    plain = await auth.client.signUp({ email: 'ann@example.com', name: 'Ann "Q" Lee' });
    pictured = await auth.client.signUp({
      email: 'bob@example.com',
      name: 'Bob',
      profilePicUrl: 'https://example.com/b.png',
    });
  });
  after(async () => {
    await nats.close();
    await auth[Symbol.asyncDispose]();
  });

  async function ask(subject: string, bytes: string): Promise<string> {
    const reply = await nats.connection.request(subject, bytes, { timeout: 5_000 });
    const text = reply.string();
    const code = /^\{"error":"(\d{3}):/.exec(text)?.[1];
    assert.equal(reply.headers?.get('Nats-Service-Error-Code') || undefined, code);
    return text;
  }

  const plainUser = () => `{"id":"${plain.id}","name":"Ann \\"Q\\" Lee","email":"ann@example.com"}`;
  const picturedUser = () =>
    `{"id":"${pictured.id}","name":"Bob","email":"bob@example.com","profilePicUrl":"https://example.com/b.png"}`;

  test('auth.authentication: a whole header in, the user out, byte for byte', async () => {
    for (const [person, user] of [
      [plain, plainUser()],
      [pictured, picturedUser()],
    ] as const) {
      const request = `{"data":{"value":"Bearer ${person.tokens.accessToken}"}}`;
      assert.equal(await ask('auth.authentication', request), `{"data":${user}}`);
    }
  });

  test('auth.authentication: every token that is not in force is a 401', async () => {
    const refused = async (value: string, message: string) =>
      assert.equal(
        await ask('auth.authentication', JSON.stringify({ data: { value } })),
        `{"error":"401:${message}"}`,
      );
    await refused('Bearer abc', 'access token is invalid');
    await refused('abc', 'authorization header is malformed');
    await refused(plain.tokens.accessToken, 'authorization header is malformed');
    await refused(`Bearer ${plain.tokens.refreshToken}`, 'access token is invalid');
    const { tokens } = await auth.client.signUp();
    await auth.client.signOut(tokens);
    await refused(`Bearer ${tokens.accessToken}`, 'access token is invalid');
  });

  test('auth.authorization: any one role suffices, the stored user comes back', async () => {
    const request = `{"data":{"user":${plainUser()},"roles":["AUTHOR","LEARNER"]}}`;
    assert.equal(await ask('auth.authorization', request), `{"data":${plainUser()}}`);
    const boasting = `{"data":{"user":{"id":"${pictured.id.toUpperCase()}","name":"Root","email":"x@y.zz"},"roles":["LEARNER"]}}`;
    assert.equal(await ask('auth.authorization', boasting), `{"data":${picturedUser()}}`);
  });

  test('auth.authorization: what is stored decides, at this moment', async () => {
    const { db } = auth.surroundings.database;
    const request = `{"data":{"user":${picturedUser()},"roles":["EDITOR"]}}`;
    const refusal = '{"error":"403:permission denied: role is missing"}';
    assert.equal(await ask('auth.authorization', request), refusal);
    await sql`insert into user_roles select ${pictured.id}, id from roles where code = 'EDITOR'`.execute(db);
    assert.equal(await ask('auth.authorization', request), `{"data":${picturedUser()}}`);
    await sql`
      delete from user_roles using roles where id = role_id and code = 'EDITOR' and user_id = ${pictured.id}
    `.execute(db);
    assert.equal(await ask('auth.authorization', request), refusal);
  });

  test('auth.authorization: no role asked for, none held, nobody there are all 403', async () => {
    const refusal = '{"error":"403:permission denied: role is missing"}';
    const stranger = `{"id":"${randomUUID()}","name":"x","email":"x@y.zz"}`;
    for (const data of [
      `{"user":${plainUser()},"roles":[]}`,
      `{"user":${plainUser()}}`,
      `{"user":${plainUser()},"roles":null}`,
      `{"user":${plainUser()},"roles":["ADMIN"]}`,
      `{"user":${plainUser()},"roles":["learner"]}`,
      `{"user":${stranger},"roles":["LEARNER"]}`,
    ]) {
      assert.equal(await ask('auth.authorization', `{"data":${data}}`), refusal);
    }
  });

  test('auth.profile.user: the user of an id in any letter case', async () => {
    const request = (id: string) => ask('auth.profile.user', `{"data":{"value":"${id}"}}`);
    assert.equal(await request(plain.id), `{"data":${plainUser()}}`);
    assert.equal(await request(pictured.id.toUpperCase()), `{"data":${picturedUser()}}`);
    assert.equal(await request(randomUUID()), '{"error":"404:user not found"}');
    assert.equal(await request('65a1b2c3d4e5f60718293a4b'), '{"error":"400:value must be a valid UUID"}');
  });

  test('whatever is malformed is a 400 on every subject, never silence', async () => {
    const malformed = [
      '',
      'x',
      '{',
      '[]',
      'null',
      '"text"',
      '{}',
      '{"data":null}',
      '{"data":[]}',
      '{"data":{}}',
      '{"data":"x"}',
      '{"data":{"value":{"$ne":null}}}',
      '{"data":{"value":1}}',
      '{"data":{"value":" "}}',
      '{"data":{"value":"\\u0000"}}',
      '{"data":{"value":"\\ud800"}}',
      '{"data":{"user":{"id":"1","name":"x","email":"y"},"roles":["LEARNER"]}}',
      '{"data":{"user":"x","roles":"LEARNER"}}',
      '{"data":{"__proto__":{"value":"x"}}}',
      '{"error":"404:x"}',
      '{"error":1}',
      '{"data":{"value":"x"},"error":"404:x"}',
      `${'['.repeat(100)}`,
      `{"data":{"value":"${'x'.repeat(20_000)}"}}`,
    ];
    for (const subject of [
      'auth.authentication',
      'auth.authorization',
      'auth.profile.user',
      'auth.profile.users',
    ]) {
      for (const bytes of malformed) {
        assert.match(
          await ask(subject, bytes),
          /^\{"error":"400:[^"]+"\}$/,
          `${subject} ${bytes.slice(0, 60)}`,
        );
      }
    }
  });

  test('the service shows itself with its HTTP address', async () => {
    const reply = await nats.connection.request('$SRV.INFO.auth', '', { timeout: 5_000 });
    const info: { metadata?: { http?: string }; endpoints?: { subject: string }[] } = reply.json();
    assert.equal(info.metadata?.http, auth.server.address);
    assert.deepEqual(info.endpoints?.map(({ subject }) => subject).sort(), [
      'auth.apikey.verification',
      'auth.authentication',
      'auth.authorization',
      'auth.decision',
      'auth.profile.user',
      'auth.profile.users',
    ]);
  });
});
