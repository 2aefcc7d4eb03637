import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { type AuthClient, assertRefused, type Tokens, toPerson } from './auth-client.ts';
import { type AuthFixture, openAuth } from './auth-fixture.ts';

describe('a used refresh token that comes back', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth({ REFRESH_REUSE_GRACE_SEC: '30' });
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  async function refreshed(tokens: Tokens): Promise<Tokens> {
    const answer = await client.refresh(tokens);
    assert.equal(answer.status, 200, answer.body.message);
    const { accessToken = '', refreshToken = '' } = answer.body.data ?? {};
    return { accessToken, refreshToken };
  }

  /** Lets time pass for the used tokens of a user. */
  const age = (userId: string, seconds: number) =>
    sql`
      update used_keys set used_at = used_at - make_interval(secs => ${seconds})
      where session_id in (select id from keystore where user_id = ${userId})
    `.execute(auth.surroundings.database.db);

  test('within the grace is refused and nothing else', async () => {
    const { id, tokens } = await client.signUp();
    const next = await refreshed(tokens);
    await age(id, 25);
    assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    const { accessToken } = next;
    const mixed = { accessToken, refreshToken: tokens.refreshToken };
    assertRefused(await client.refresh(mixed), 401, 'refresh token is invalid');
    assert.equal(await client.isIn(next), true);
    await refreshed(next);
  });

  test('later ends all that descends from that sign-in, and nothing else', async () => {
    const person = await client.signUp();
    const other = toPerson(await client.signIn(person.email, person.password), person.password);
    const second = await refreshed(person.tokens);
    const third = await refreshed(second);
    assert.equal(await client.isIn(third), true);
    await age(person.id, 31);
    assertRefused(await client.refresh(person.tokens), 401, 'access token is invalid');
    assert.equal(await client.isIn(third), false);
    for (const tokens of [person.tokens, second, third]) {
      assertRefused(await client.refresh(tokens), 401, 'access token is invalid');
    }
    assert.equal(await client.isIn(other.tokens), true);
    await refreshed(other.tokens);
  });

  test('later ends the session too beside an access token that is in force', async () => {
    const { id, tokens } = await client.signUp();
    const next = await refreshed(tokens);
    await age(id, 31);
    const { accessToken } = next;
    assertRefused(
      await client.refresh({ accessToken, refreshToken: tokens.refreshToken }),
      401,
      'refresh token is invalid',
    );
    assert.equal(await client.isIn(next), false);
  });

  test('harms nobody when it is brought by another user, or not at all', async () => {
    const [ann, bob] = [await client.signUp(), await client.signUp()];
    const next = await refreshed(ann.tokens);
    await age(ann.id, 31);
    const { refreshToken } = ann.tokens;
    const foreign = { accessToken: bob.tokens.accessToken, refreshToken };
    assertRefused(await client.refresh(foreign), 401, 'refresh token is invalid');
    // The access token alone, used as it is, is no proof of anything.
    for (const wrong of ['nonsense', bob.tokens.refreshToken, ann.tokens.accessToken]) {
      const pair = { accessToken: ann.tokens.accessToken, refreshToken: wrong };
      assertRefused(await client.refresh(pair), 401, 'refresh token is invalid');
    }
    assert.equal(await client.isIn(next), true);
    assert.equal(await client.isIn(bob.tokens), true);
  });

  test('is forgotten when it has expired, and swept by the next refresh', async () => {
    const { id, tokens } = await client.signUp();
    const { db } = auth.surroundings.database;
    const count = async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from used_keys where session_id in (select id from keystore where user_id = ${id})
      `.execute(db);
      return rows[0]?.count;
    };
    const third = await refreshed(await refreshed(tokens));
    assert.equal(await count(), 2);
    await sql`update used_keys set expires_at = now() - interval '1 second'`.execute(db);
    await refreshed(third);
    assert.equal(await count(), 1);
  });
});
