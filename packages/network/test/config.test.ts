import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError, parseConfig } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

const schema = Type.Object({
  DB_HOST: Type.String({ description: 'host name of PostgreSQL' }),
  DB_PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 5_432 }),
  DB_USER_PWD: Type.String({ minLength: 8, description: 'at least 8 characters' }),
});

test('config: numbers are numbers, defaults are set, other variables stay out', () => {
  const config = parseConfig(schema, { DB_HOST: 'h', DB_USER_PWD: 'longenough', HOME: '/' });
  assert.deepEqual(config, { DB_HOST: 'h', DB_PORT: 5_432, DB_USER_PWD: 'longenough' });
});

test('config: one error names every variable and its shape, and no value', () => {
  assert.throws(
    () => parseConfig(schema, { DB_HOST: '', DB_PORT: '70000', DB_USER_PWD: 'hunter2' }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /DB_HOST is required \(host name of PostgreSQL\)/);
      assert.match(error.message, /DB_PORT must be max 65535/);
      assert.match(error.message, /DB_USER_PWD must be at least 8 characters/);
      assert.doesNotMatch(error.message, /hunter2|70000/);
      return true;
    },
  );
});

test('config: NAME_FILE names a file that has the text, less the line end of its editor', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tsmicro-config-'));
  try {
    await writeFile(join(dir, 'password'), 'long enough \n\n');
    await writeFile(join(dir, 'port'), '5433\n');
    const files = { DB_USER_PWD_FILE: join(dir, 'password'), DB_PORT_FILE: join(dir, 'port') };
    assert.deepEqual(parseConfig(schema, { DB_HOST: 'h', ...files }), {
      DB_HOST: 'h',
      DB_PORT: 5_433,
      DB_USER_PWD: 'long enough \n',
    });
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('config: a file that cannot be read, is empty, or stands beside the text is one complaint each', () => {
  const source = {
    DB_HOST_FILE: '/dev/null',
    DB_PORT: '1',
    DB_PORT_FILE: '/dev/null',
    DB_USER_PWD_FILE: '/nowhere',
  };
  assert.throws(() => parseConfig(schema, source), {
    name: 'ConfigError',
    message: [
      'these environment variables are missing or wrong:',
      '  DB_PORT and DB_PORT_FILE are both set: one of them has to go',
      '  DB_USER_PWD_FILE: the file cannot be read (ENOENT)',
      '  DB_HOST is required (host name of PostgreSQL)',
    ].join('\n'),
  });
});
