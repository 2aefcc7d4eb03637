import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from '@tsmicro/postgres';
import { type Answer, type AuthClient, assertRefused, type Tokens } from './auth-client.ts';
import { type AuthFixture, eventually, openAuth } from './auth-fixture.ts';
import { collide as collideOver } from './collision.ts';

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

/** Each of them wants a hash: where one at a time is all that there is room for, the last of many more would be too late. */
const racers = 8;

/** A machine with little to spare tells some to come again, and some that their time was over. */
const persist = (request: () => Promise<Answer>) =>
  eventually(request, ({ status }) => status !== 503 && status !== 504, 30_000);

describe('races', () => {
  let auth: AuthFixture;
  let client: AuthClient;

  before(async () => {
    auth = await openAuth();
    client = auth.client;
  });
  after(() => auth[Symbol.asyncDispose]());

  test('of parallel sign-ups with one email one wins, the others hear that it is taken', async () => {
    for (let round = 0; round < 4; round++) {
      const email = `${randomUUID()}@example.com`;
      const answers = await times(racers, (index) =>
        persist(() =>
          client.post('/signup/basic', {
            email: index % 2 ? email : email.toUpperCase(),
            password: 'correct horse',
            name: `Racer ${index}`,
          }),
        ),
      );
      const losers = answers.filter(({ status }) => status !== 200);
      assert.equal(losers.length, racers - 1);
      for (const loser of losers) assertRefused(loser, 400, 'user already registered');
      const { rows } = await sql<{ users: number; sessions: number; roles: number }>`
        select
          count(distinct users.id)::int as users,
          count(distinct keystore.id)::int as sessions,
          count(distinct role_id)::int as roles
        from users left join keystore on keystore.user_id = users.id left join user_roles on user_roles.user_id = users.id
        where lower(email) = lower(${email})
      `.execute(auth.surroundings.database.db);
      assert.deepEqual(rows[0], { users: 1, sessions: 1, roles: 1 });
    }
  });

  test('of 20 parallel refreshes one gets a new pair, and it is the only one that works', async () => {
    for (let round = 0; round < 5; round++) {
      const { tokens } = await client.signUp();
      const answers = await times(20, () => client.refresh(tokens));
      const winners = answers.filter(({ status }) => status === 200);
      assert.equal(winners.length, 1);
      for (const answer of answers) {
        // Who came after the winner was done has a dead access token too.
        if (answer.status !== 200) assertRefused(answer, 401, /^(?:refresh|access) token is invalid$/);
      }
      assert.equal(await client.isIn(tokens), false);
      assert.equal(await client.isIn(winners[0]?.body.data as Tokens), true);
    }
  });

  /** Holds the row of a person's session until all of `requests` wait for it. */
  const collide = (userId: string, ...requests: (() => Promise<Answer>)[]) =>
    collideOver(
      auth.surroundings.database,
      sql`select from keystore where user_id = ${userId} for update`,
      ...requests,
    );

  test('a sign-out that comes beside a refresh, and just after it, leaves no survivor', async () => {
    const { id, tokens } = await client.signUp();
    const [refresh, signOut] = await collide(
      id,
      () => client.refresh(tokens),
      () => client.signOut(tokens),
    );
    assert.equal(refresh?.status, 200);
    assert.equal(signOut?.status, 200);
    assert.equal(await client.isIn(tokens), false);
    assert.equal(await client.isIn(refresh.body.data as Tokens), false);
  });

  test('a refresh that comes beside a sign-out, and just after it, is refused', async () => {
    const { id, tokens } = await client.signUp();
    const [signOut, refresh] = await collide(
      id,
      () => client.signOut(tokens),
      () => client.refresh(tokens),
    );
    assert.equal(signOut?.status, 200);
    assert.ok(refresh);
    assertRefused(refresh, 401, 'refresh token is invalid');
  });

  test('of two refreshes that hold the same tokens at the same moment the second is refused', async () => {
    const { id, tokens } = await client.signUp();
    const [first, second] = await collide(
      id,
      () => client.refresh(tokens),
      () => client.refresh(tokens),
    );
    assert.equal(first?.status, 200);
    assert.ok(second);
    assertRefused(second, 401, 'refresh token is invalid');
    assert.equal(await client.isIn(first.body.data as Tokens), true);
  });
});
