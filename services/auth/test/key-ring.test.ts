import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addKey, describeKeys, readKeyDirectory } from '../src/key/key-directory.ts';
import { type KeyPair, readKeyPair } from '../src/key/key-pair.ts';
import { KeyRing } from '../src/key/key-ring.ts';
import { rotateKeys } from '../src/key/rotation.ts';
import { openKeyFolder, writeKeys } from './auth-fixture.ts';

const dayMs = 24 * 60 * 60 * 1_000;

describe('a ring of keys', () => {
  const opened = new AsyncDisposableStack();
  let first: KeyPair;
  let directory: string;
  let reads: number;
  let errors: unknown[];

  before(async () => {
    const dir = await openKeyFolder(opened);
    const { privatePath, publicPath } = await writeKeys(dir);
    first = await readKeyPair({
      privateKey: { path: privatePath, name: 'private' },
      publicKey: { path: publicPath, name: 'public' },
    });
    directory = join(dir, 'rotated');
  });
  beforeEach(async () => {
    await rm(directory, { recursive: true, force: true });
    reads = 0;
    errors = [];
  });
  after(() => opened.disposeAsync());

  async function openRing(longestValidityMs = 7 * dayMs): Promise<KeyRing> {
    return new KeyRing({
      first,
      rotated: await readKeyDirectory(directory),
      longestValidityMs,
      describe: () => describeKeys(directory),
      read: () => {
        reads++;
        return readKeyDirectory(directory);
      },
      onError: (error) => errors.push(error),
    });
  }
  const kidsIn = async () => (await readKeyDirectory(directory)).map(({ kid }) => kid);

  test('without other keys the first one signs, and is the one of tokens that name none', async () => {
    const ring = await openRing();
    assert.equal(ring.signing.kid, first.kid);
    assert.deepEqual(ring.jwks, { keys: [first.jwk] });
    assert.equal(await ring.find(undefined), first.publicKey);
  });

  test('a key that is to come is shown and believed, and does not sign', async () => {
    await addKey(directory, { signsFrom: Date.now() + dayMs });
    const ring = await openRing();
    const [kid = ''] = await kidsIn();
    assert.equal(ring.signing.kid, first.kid);
    assert.deepEqual(
      ring.jwks.keys.map((key) => key.kid),
      [first.kid, kid],
    );
    assert.ok(await ring.find(kid));
  });

  test('the youngest whose time has come signs; those before verify for as long as a token lives', async () => {
    for (const ago of [10 * dayMs, 2 * dayMs, dayMs]) {
      await addKey(directory, { signsFrom: Date.now() - ago });
    }
    const kids = await kidsIn();
    const ring = await openRing();
    assert.equal(ring.signing.kid, kids[2]);
    // The first key has not signed for ten days, and tokens live for seven.
    assert.deepEqual(
      ring.jwks.keys.map((key) => key.kid),
      kids,
    );
    assert.equal(await ring.find(first.kid), undefined);
    assert.equal(await ring.find(undefined), undefined);
    assert.deepEqual(
      (await openRing(dayMs / 2)).jwks.keys.map((key) => key.kid),
      [kids[2]],
    );
  });

  test('a key that is not known yet is looked for, once for all who ask, and seldom', async () => {
    const ring = await openRing();
    const { version } = ring;
    await addKey(directory, { signsFrom: Date.now() + dayMs });
    const [kid = ''] = await kidsIn();
    const found = await Promise.all(Array.from({ length: 50 }, () => ring.find(kid)));
    assert.ok(found.every((key) => key !== undefined));
    assert.equal(reads, 1);
    assert.equal(ring.version, version + 1);
    await Promise.all(Array.from({ length: 50 }, (_, index) => ring.find(`unknown ${index}`)));
    assert.equal(reads, 1);
  });

  test('a file that cannot be read leaves the ring as it was, until it is put right', async () => {
    const ring = await openRing();
    await addKey(directory, { signsFrom: Date.now() - 1_000 });
    const broken = join(directory, '20200101T000000Z.public.pem');
    await writeFile(broken, 'no key');
    await ring.reread();
    assert.match(String(errors), /20200101T000000Z\.public\.pem: the file holds no such key/);
    assert.equal(ring.signing.kid, first.kid);
    await rm(broken);
    await ring.reread();
    assert.equal(ring.signing.kid, (await kidsIn())[0]);
  });

  test('a rotation removes what no token can need any more, and nothing else', async () => {
    const ages = [20 * dayMs, 10 * dayMs, 2 * dayMs];
    for (const ago of ages) await addKey(directory, { signsFrom: Date.now() - ago });
    const [oldest, older, signing] = await kidsIn();
    const rotation = await rotateKeys(directory, { overlapMs: 30_000, longestValidityMs: 7 * dayMs });
    assert.ok(rotation);
    assert.deepEqual(
      [rotation.removed, rotation.stripped, rotation.kept].map((keys) => keys.map(({ kid }) => kid)),
      [[oldest], [older], [older, signing]],
    );
    const left = await readKeyDirectory(directory);
    assert.deepEqual(
      left.map(({ kid, privateKey }) => [kid, privateKey !== undefined]),
      [
        [older, false],
        [signing, true],
        [rotation.added.kid, true],
      ],
    );
    assert.equal((await openRing()).signing.kid, signing);
  });
});
