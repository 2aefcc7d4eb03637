// npm run keys:rotate -- [--directory DIR] [--overlap SECONDS]: a new key for tokens, next to those that there are. Nothing is
// restarted and nobody is signed out. Exit code 0: done. 2: nothing was done, and why.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../packages/network/src/index.ts';
import type { RotatedKey } from '../../services/auth/src/key/key-directory.ts';
import { rotateKeys } from '../../services/auth/src/key/rotation.ts';

const usage = `npm run keys:rotate -- [--directory DIR] [--overlap SECONDS]

  --directory DIR     where the keys are that take over (RSA_KEY_DIRECTORY); by default "rotated" beside
                      RSA_PRIVATE_KEY_PATH, and without that variable the folder of the stack in .stack/
  --overlap SECONDS   until the new key signs: longer than it takes for the files to reach every instance, which then see
                      them within 5 s (default 30)`;

/** A command line that makes no sense, or does not fit what there is: the message says why. */
class UsageError extends Error {}

function readArguments() {
  try {
    const options = { directory: { type: 'string' }, overlap: { type: 'string', default: '30' } } as const;
    return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function findDirectory(): string {
  const { RSA_KEY_DIRECTORY, RSA_PRIVATE_KEY_PATH } = process.env;
  if (RSA_KEY_DIRECTORY) return RSA_KEY_DIRECTORY;
  if (RSA_PRIVATE_KEY_PATH) return join(dirname(RSA_PRIVATE_KEY_PATH), 'rotated');
  const ofStack = join('.stack', 'keys');
  if (existsSync(join(ofStack, 'private.pem'))) return join(ofStack, 'rotated');
  throw new UsageError(
    `There is no stack here that was ever started, and nothing says where the keys are: give --directory.\n\n${usage}`,
  );
}

function parseSeconds(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} ${text}: a whole number of seconds is needed`);
  return Number(text);
}

/** Whoever may read the first private key may read the others. */
function modeOfNeighbour(directory: string): number {
  const path = ['private.pem', 'rsa-private.pem']
    .map((name) => join(dirname(directory), name))
    .find((file) => existsSync(file));
  return path === undefined ? 0o600 : statSync(path).mode & 0o777;
}

const time = (ms: number) => new Date(ms).toISOString().replace('.000', '');
const line = (what: string, { kid }: RotatedKey, more: string) => `  ${what.padEnd(9)}${kid}  ${more}`;

async function rotate(): Promise<void> {
  const values = readArguments();
  if (values.help) return console.log(usage);
  const directory = values.directory ?? findDirectory();
  const overlapSec = parseSeconds('--overlap', values.overlap);
  const { ACCESS_TOKEN_VALIDITY_SEC = '172800', REFRESH_TOKEN_VALIDITY_SEC = '604800' } = process.env;
  const longestSec = Math.max(
    parseSeconds('ACCESS_TOKEN_VALIDITY_SEC', ACCESS_TOKEN_VALIDITY_SEC),
    parseSeconds('REFRESH_TOKEN_VALIDITY_SEC', REFRESH_TOKEN_VALIDITY_SEC),
  );
  const rotation = await rotateKeys(directory, {
    overlapMs: overlapSec * 1_000,
    longestValidityMs: longestSec * 1_000,
    mode: modeOfNeighbour(directory),
  });
  if (rotation === undefined) {
    throw new UsageError(`The last new key in ${directory} does not sign yet: rotate again when it does.`);
  }
  const { added, stripped, removed, kept } = rotation;
  const takeover = time(added.signsFrom);
  console.log(`Keys for tokens in ${relative(process.cwd(), directory) || '.'}:`);
  console.log(line('new', added, `signs from ${takeover} (in ${overlapSec} s)`));
  for (const key of kept) {
    const privateGone = stripped.includes(key) ? ', its private half is removed' : '';
    if (key === kept.at(-1)) console.log(line('signs', key, `until ${takeover}, then verifies`));
    else console.log(line('verifies', key, `what it signed${privateGone}`));
  }
  if (kept.length === 0) console.log(`  The key of RSA_PRIVATE_KEY_PATH signs until ${takeover}.`);
  for (const key of removed) console.log(line('removed', key, 'nothing that it signed is in force'));
  console.log(
    `What the old key signed stays valid for the ${longestSec} s that a token lives at most; nothing has to be restarted.`,
  );
}

try {
  await rotate();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
