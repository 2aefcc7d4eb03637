import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findPort } from '@tsmicro/stack';
import { AuthClient } from './auth-client.ts';
import { eventually, openSurroundings, type Surroundings } from './auth-fixture.ts';
import { AuthProcess } from './auth-process.ts';

describe('the process', () => {
  let surroundings: Surroundings;

  before(async () => {
    surroundings = await openSurroundings();
  });
  after(() => surroundings[Symbol.asyncDispose]());

  async function complaint(changes: Record<string, string>): Promise<string> {
    await using child = new AuthProcess({ ...surroundings.environment, ...changes });
    assert.equal(await child.exit(), 1);
    assert.doesNotMatch(child.err, / {4}at |\.ts:\d/);
    return child.err;
  }

  test('starts, says where it listens, answers, and ends at SIGTERM', async () => {
    await using child = new AuthProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    const { address } = await child.line('auth is ready');
    await using client = new AuthClient(address ?? '');
    const { tokens } = await client.signUp();
    assert.equal(await client.isIn(tokens), true);
    const { code, tookMs } = await child.stop();
    assert.equal(code, 0);
    assert.ok(tookMs < 10_000);
    for (const secret of [tokens.accessToken, tokens.refreshToken, 'correct horse', 'argon2id']) {
      assert.equal(child.out.includes(secret), false);
    }
  });

  test('an empty environment is one message that names every variable that is missing', async () => {
    await using child = new AuthProcess({
      DB_PORT: 'x',
      REDIS_DB: '99',
      PASSWORD_MIN_LENGTH: '5',
      NATS_SERVICE_NAME: 'a.b',
    });
    assert.equal(await child.exit(), 1);
    const lines = child.err.trim().split('\n');
    assert.equal(lines.shift(), 'these environment variables are missing or wrong:');
    assert.deepEqual(
      lines.map((line) => line.trim().split(' ')[0]),
      [
        'DB_HOST',
        'DB_PORT',
        'DB_NAME',
        'DB_USER',
        'DB_USER_PWD',
        'REDIS_HOST',
        'REDIS_DB',
        'NATS_URL',
        'NATS_SERVICE_NAME',
        'RSA_PRIVATE_KEY_PATH',
        'RSA_PUBLIC_KEY_PATH',
        'PASSWORD_MIN_LENGTH',
      ],
    );
  });

  test('keys that cannot be used are a reason not to start, told without a stack', async () => {
    const missing = await complaint({
      RSA_PRIVATE_KEY_PATH: '/nowhere/a.pem',
      RSA_PUBLIC_KEY_PATH: '/nowhere/b.pem',
    });
    assert.match(missing, /RSA_PRIVATE_KEY_PATH: .*ENOENT.*\n.*RSA_PUBLIC_KEY_PATH: .*ENOENT/);
  });

  test('a mode that nobody knows is a reason not to start: it would be taken for development', async () => {
    for (const mode of ['prod', 'Production']) {
      assert.match(
        await complaint({ NODE_ENV: mode }),
        /NODE_ENV is invalid \(development, test or production/,
      );
    }
  });

  test('in production the seed data is a reason not to start, told without a stack', async () => {
    await using child = new AuthProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    await child.line('auth is ready');
    assert.equal((await child.stop()).code, 0);
    assert.match(
      await complaint({ NODE_ENV: 'production' }),
      /^NODE_ENV=production, but everybody knows a way in:/,
    );
  });

  test('waits for a database that is not there, and ends at once at SIGTERM', async () => {
    const DB_PORT = String(await findPort());
    await using child = new AuthProcess({ ...surroundings.environment, DB_PORT, LOG_LEVEL: 'info' });
    const waiting = () =>
      eventually(
        async () => child.out,
        (out) => out.includes('waiting'),
        10_000,
      );
    assert.match(await waiting(), /waiting/);
    const { code, tookMs } = await child.stop();
    assert.equal(code, 0);
    assert.ok(tookMs < 3_000, `took ${tookMs} ms`);
  });

  test('waits for NATS, is ready when it comes, and ends at once while waiting', async () => {
    await surroundings.nats.stop();
    await using child = new AuthProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    await using idle = new AuthProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    await Promise.all([child.line('waiting for NATS'), idle.line('waiting for NATS')]);
    const { code, tookMs } = await idle.stop();
    assert.equal(code, 0);
    assert.ok(tookMs < 4_000, `took ${tookMs} ms`);
    await surroundings.nats.start();
    const began = performance.now();
    await child.line('auth is ready');
    assert.ok(performance.now() - began < 5_000);
    assert.equal((await child.stop()).code, 0);
  });
});
