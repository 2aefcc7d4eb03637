import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { makeSecrets, openSecrets } from './secrets.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '..');

let opened: Awaited<ReturnType<typeof openSecrets>>;
before(async () => {
  opened = await openSecrets();
});
after(() => opened[Symbol.asyncDispose]());

/** The folder of keys that take over from the first pair; all else are files. */
const rotatedKeys = 'rotated-keys';
const readNames = async () => (await readdir(opened.dir)).filter((name) => name !== rotatedKeys);

async function contents(): Promise<Record<string, string>> {
  const names = await readNames();
  const read = names.map(async (name) => [name, await readFile(join(opened.dir, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(read));
}

test('secrets: the folder is for its owner alone, the files in it for whoever is given them', async () => {
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  assert.equal(await mode(opened.dir), 0o700);
  for (const name of await readNames()) assert.equal(await mode(join(opened.dir, name)), 0o444, name);
  // A container is given this folder, and its user is another one.
  assert.equal(await mode(join(opened.dir, rotatedKeys)), 0o755);
});

test('secrets: a second run leaves all as it is, and makes only what is missing', async () => {
  const first = await contents();
  await makeSecrets(opened.dir);
  assert.deepEqual(await contents(), first);
  await rm(join(opened.dir, 'blog-mongo-password'));
  await makeSecrets(opened.dir);
  const { 'blog-mongo-password': renewed, ...others } = await contents();
  const { 'blog-mongo-password': old, ...before } = first;
  assert.deepEqual(others, before);
  assert.notEqual(renewed, old);
});

test('secrets: passwords are all different, with 192 bits each', async () => {
  const passwords = Object.entries(await contents()).filter(([name]) => name.endsWith('-password'));
  assert.ok(passwords.length >= 15);
  for (const [name, text] of passwords) assert.match(text, /^[0-9a-f]{48}$/, name);
  assert.equal(new Set(passwords.map(([, text]) => text)).size, passwords.length);
});

test('secrets: auth is told the hashes of the API keys that the sites get', async () => {
  const files = await contents();
  const hashOf = (name: string) =>
    createHash('sha256')
      .update(files[name] ?? '')
      .digest('hex');
  assert.notEqual(files['front-api-key'], files['console-api-key']);
  assert.equal(
    files['api-key-grants'],
    `FRONT:${hashOf('front-api-key')},CONSOLE:${hashOf('console-api-key')}`,
  );
});

test('secrets: who was set up before there were sites gets what is missing', async () => {
  const { 'nats-passwords.conf': whole = '', ...others } = await contents();
  const old = whole.split('\n').filter((line) => !/^(?:FRONT|CONSOLE)_/.test(line));
  await rm(join(opened.dir, 'nats-passwords.conf'));
  await writeFile(join(opened.dir, 'nats-passwords.conf'), old.join('\n'));
  await rm(join(opened.dir, 'front-api-key'));
  await rm(join(opened.dir, 'api-key-grants'));
  await makeSecrets(opened.dir);
  const { 'nats-passwords.conf': made, ...rest } = await contents();
  assert.equal(made, whole);
  assert.notEqual(rest['front-api-key'], others['front-api-key']);
  assert.notEqual(rest['api-key-grants'], others['api-key-grants']);
});

test('secrets: the keys of tokens are a pair of RSA with 3072 bits', async () => {
  const files = await contents();
  const privateKey = createPrivateKey(files['rsa-private.pem'] ?? '');
  assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, 3_072);
  assert.ok(createPublicKey(privateKey).equals(createPublicKey(files['rsa-public.pem'] ?? '')));
});

test('secrets: nats-server takes the configuration of a cluster with them', async () => {
  for (const name of ['nats.conf', 'nats-cluster.conf']) await cp(join(deploy, name), join(opened.dir, name));
  const conf = join(opened.dir, 'nats.conf');
  const { stdout: version } = await run('nats-server', ['--version']);
  if (/v2\.[0-9]\./.test(version)) {
    // nats-server knows it since 2.10.
    await writeFile(conf, (await readFile(conf, 'utf8')).replace('sync_interval: always', ''));
  }
  const { stderr } = await run('nats-server', ['-t', '--config', join(opened.dir, 'nats-cluster.conf')], {
    env: { ...process.env, NATS_SERVER_NAME: 'nats-0' },
  });
  assert.match(stderr, /nats-cluster\.conf is valid/);
});
