import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { parseHostMap } from '../src/upstream/host-map.ts';

test('config: an empty environment gives a gateway on 127.0.0.1:8000 with the kong.yml of the project', () => {
  const config = readConfig({ UNRELATED: 'x', SERVER_HOST: '' });
  assert.equal(config.SERVER_HOST, '127.0.0.1');
  assert.equal(config.SERVER_PORT, 8000);
  assert.equal(config.HOST_MAP, '');
  assert.match(config.KONG_CONFIG, /\/gateway\/kong\/kong\.yml$/);
});

test('config: every wrong variable is named in one message, with its shape', () => {
  const environment = { SERVER_PORT: 'x', HOST_MAP: 'auth=8001', LOG_LEVEL: 'loud' };
  assert.throws(() => readConfig(environment), {
    name: 'ConfigError',
    message:
      /LOG_LEVEL.*fatal, error.*SERVER_PORT.*port to listen on.*HOST_MAP.*auth:8000=127\.0\.0\.1:8001/s,
  });
});

test('host map: names of the declaration lead to addresses', () => {
  const text = 'auth:8000=127.0.0.1:8001, blog:8000=blog.local:80,';
  assert.equal(readConfig({ HOST_MAP: text }).HOST_MAP, text);
  assert.deepEqual(
    [...parseHostMap(text)],
    [
      ['auth:8000', { host: '127.0.0.1', port: 8001 }],
      ['blog:8000', { host: 'blog.local', port: 80 }],
    ],
  );
  assert.equal(parseHostMap('').size, 0);
});

test('host map: every entry of another shape is named', () => {
  assert.throws(() => parseHostMap('auth:8000=127.0.0.1:8001,auth,b:1=c,x=y:1'), {
    name: 'HostMapError',
    message: /HOST_MAP must look like .* wrong is auth, b:1=c, x=y:1$/,
  });
});
