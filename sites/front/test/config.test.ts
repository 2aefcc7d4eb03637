import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnvironment } from '../src/config.ts';

const environment = {
  REDIS_HOST: '127.0.0.1',
  NATS_URL: 'nats://127.0.0.1:4222',
  GATEWAY_URL: 'http://127.0.0.1:8000',
  API_KEY: 'a key of its own',
};
const seedKey = { API_KEY: '1D3F2DD1A5DE725DD4DF1D82BBB37' };

test('config: where the gateway is, and the key to it, have to be said', () => {
  const { GATEWAY_URL, API_KEY } = parseEnvironment(environment);
  assert.deepEqual([GATEWAY_URL, API_KEY], ['http://127.0.0.1:8000', 'a key of its own']);
  const { REDIS_HOST, NATS_URL } = environment;
  assert.throws(() => parseEnvironment({ REDIS_HOST, NATS_URL, GATEWAY_URL: 'gateway:8000/x' }), {
    name: 'ConfigError',
    message:
      /GATEWAY_URL is invalid \(where the gateway is.*\n +API_KEY is required|API_KEY is required.*\n +GATEWAY_URL is invalid/,
  });
});

test('config: the key that everybody knows is for development only', () => {
  assert.equal(parseEnvironment({ ...environment, ...seedKey }).API_KEY, seedKey.API_KEY);
  assert.throws(() => parseEnvironment({ ...environment, ...seedKey, NODE_ENV: 'production' }), {
    name: 'ConfigError',
    message: /API_KEY is the seed key, which everybody knows/,
  });
  assert.equal(parseEnvironment({ ...environment, NODE_ENV: 'production' }).NODE_ENV, 'production');
});
