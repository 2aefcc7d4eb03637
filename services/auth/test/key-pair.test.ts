import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readKeyPair } from '../src/key/key-pair.ts';
import { openKeyFolder, writeKeys } from './auth-fixture.ts';

describe('the keys of tokens', () => {
  const opened = new AsyncDisposableStack();
  let dir: string;
  let keys: Awaited<ReturnType<typeof writeKeys>>;

  before(async () => {
    dir = await openKeyFolder(opened);
    keys = await writeKeys(dir);
  });
  after(() => opened.disposeAsync());

  const read = (changes: { privateKey?: string; publicKey?: string } = {}) =>
    readKeyPair({
      privateKey: { path: changes.privateKey ?? keys.privatePath, name: 'RSA_PRIVATE_KEY_PATH' },
      publicKey: { path: changes.publicKey ?? keys.publicPath, name: 'RSA_PUBLIC_KEY_PATH' },
    });
  const refused = (changes: { privateKey?: string; publicKey?: string }, message: RegExp) =>
    assert.rejects(read(changes), { name: 'ConfigError', message });

  test('a pair is read, and named by its thumbprint', async () => {
    const { kid, jwk } = await read();
    assert.match(kid, /^[\w-]{43}$/);
    assert.deepEqual({ ...jwk, n: '' }, { kty: 'RSA', n: '', e: 'AQAB', alg: 'RS256', use: 'sig', kid });
  });

  test("gomicro's own form of PEM (PKCS #1) is read", async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const paths = { privateKey: join(dir, 'pkcs1.pem'), publicKey: join(dir, 'pkcs1.pub.pem') };
    await writeFile(paths.privateKey, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    await writeFile(paths.publicKey, publicKey.export({ type: 'pkcs1', format: 'pem' }));
    assert.match((await read(paths)).kid, /^[\w-]{43}$/);
  });

  test('files that are not there are named with their variables, both in one message', () =>
    refused(
      { privateKey: join(dir, 'a'), publicKey: join(dir, 'b') },
      /RSA_PRIVATE_KEY_PATH: .*ENOENT.*\n.*RSA_PUBLIC_KEY_PATH: .*ENOENT/,
    ));

  test('halves of two keys are no pair', async () => {
    await refused({ publicKey: (await writeKeys(dir)).publicPath }, /not a pair/);
  });

  test('one file taken for the other is told', async () => {
    await refused({ publicKey: keys.privatePath }, /RSA_PUBLIC_KEY_PATH: .*no such key/);
    await refused({ privateKey: keys.publicPath }, /RSA_PRIVATE_KEY_PATH: .*no such key/);
  });

  test('a key of 1024 bits is too short', async () => {
    const short = await writeKeys(dir, 1_024);
    await refused(
      { privateKey: short.privatePath, publicKey: short.publicPath },
      /RSA_PRIVATE_KEY_PATH: .*1024 bits.*\n.*RSA_PUBLIC_KEY_PATH: .*1024 bits/,
    );
  });

  test('a key of another kind is told by its kind', async () => {
    const path = join(dir, 'ec.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await refused({ privateKey: path }, /RSA_PRIVATE_KEY_PATH: the key is ec, not RSA/);
  });
});
