import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnvironment } from '../src/config.ts';

test('config: in production the key that everybody knows is refused', () => {
  const environment = {
    NODE_ENV: 'production',
    REDIS_HOST: '127.0.0.1',
    NATS_URL: 'nats://127.0.0.1:4222',
    GATEWAY_URL: 'http://127.0.0.1:8000',
  };
  assert.equal(parseEnvironment({ ...environment, API_KEY: 'a key of its own' }).SERVER_PORT, 8_004);
  assert.throws(() => parseEnvironment({ ...environment, API_KEY: '1D3F2DD1A5DE725DD4DF1D82BBB37' }), {
    name: 'ConfigError',
    message: /API_KEY is the seed key/,
  });
});
