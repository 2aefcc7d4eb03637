import assert from 'node:assert/strict';
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
