import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunningService } from '@tsmicro/service';
import { decodeProtectedHeader } from 'jose';
import { AuthClient, assertRefused, type Person, type Tokens } from './auth-client.ts';
import { type AuthFixture, eventually, openAuth, openAuthServer } from './auth-fixture.ts';

const tool = fileURLToPath(new URL('../../../tools/keys/rotate.ts', import.meta.url));
const run = promisify(execFile);

describe('the rotation of keys, on two instances', () => {
  let auth: AuthFixture;
  let second: RunningService;
  let clients: [AuthClient, AuthClient];
  let directory: string;
  let privateKeyPath: string;
  /** Signed in by the first key. */
  let old: Person;

  before(async () => {
    auth = await openAuth();
    second = await openAuthServer(auth.surroundings);
    clients = [auth.client, new AuthClient(second.address)];
    privateKeyPath = auth.surroundings.environment.RSA_PRIVATE_KEY_PATH ?? '';
    directory = join(dirname(privateKeyPath), 'rotated');
  });
  after(async () => {
    await clients[1][Symbol.asyncDispose]();
    await second.close();
    await auth[Symbol.asyncDispose]();
  });

  const rotate = async (overlapSec: number) => {
    const { stdout } = await run(process.execPath, [tool, '--overlap', String(overlapSec)], {
      env: { RSA_PRIVATE_KEY_PATH: privateKeyPath },
    });
    return stdout;
  };
  const kidOf = ({ accessToken }: Tokens) => decodeProtectedHeader(accessToken).kid ?? '';
  const kidsAt = async (client: AuthClient) => {
    const { body } = await client.get('/.well-known/jwks.json');
    return body.keys?.map(({ kid }) => kid ?? '') ?? [];
  };

  test('a new key is shown everywhere before it signs, nobody is signed out and no request fails', async () => {
    const early = await auth.client.signUp();
    const first = kidOf(early.tokens);
    assert.deepEqual(await kidsAt(clients[1]), [first]);
    assert.match(await rotate(7), /^Keys for tokens in .*rotated:\n {2}new {6}[\w-]{43} {2}signs from 20/);

    old = await auth.client.signUp();
    let { tokens } = await auth.client.signUp();
    let bothShownBefore = false;
    const began = performance.now();
    for (let turn = 0; kidOf(tokens) === first; turn++) {
      assert.ok(performance.now() - began < 30_000);
      const shown = await Promise.all(clients.map(kidsAt));
      bothShownBefore = shown.every((kids) => kids.length === 2);
      const answer = await clients[turn % 2 === 0 ? 0 : 1].refresh(tokens);
      assert.equal(answer.status, 200, answer.body.message);
      const { accessToken = '', refreshToken = '' } = answer.body.data ?? {};
      tokens = { accessToken, refreshToken };
      for (const client of clients) {
        assert.equal(await client.isIn(tokens), true);
        assert.equal(await client.isIn(early.tokens), true);
      }
    }
    assert.equal(bothShownBefore, true);
    for (const client of clients) assert.deepEqual(await kidsAt(client), [first, kidOf(tokens)]);
    assert.equal((await clients[1].refresh(early.tokens)).status, 200);
  });

  test('what the old key signed runs out, and then the key is shown and believed no more', async () => {
    const lives = { ACCESS_TOKEN_VALIDITY_SEC: '1', REFRESH_TOKEN_VALIDITY_SEC: '2' };
    const brief = await openAuthServer(auth.surroundings, lives);
    await using client = new AuthClient(brief.address);
    const [newest] = (await kidsAt(clients[0])).slice(-1);
    const kids = await eventually(
      () => kidsAt(client),
      (found) => found.length === 1,
    );
    assert.deepEqual(kids, [newest]);
    // Instances that let tokens live for days still take what the first key signed; this one knows that key no more.
    const { accessToken } = old.tokens;
    assertRefused(await client.get('/profile/mine', accessToken), 401, 'access token is invalid');
    assert.equal(await auth.client.isIn(old.tokens), true);
    await brief.close();
  });

  test('a rotation is refused until the key of the one before signs', async () => {
    await rotate(60);
    await assert.rejects(rotate(60), { code: 2, stderr: /does not sign yet: rotate again when it does/ });
    const names = await readdir(directory);
    assert.equal(names.filter((name) => /^\d{8}T\d{6}Z\.public\.pem$/.test(name)).length, 2);
    assert.equal(names.length, 4);
  });
});
