// The keys that took over from the pair of RSA_PRIVATE_KEY_PATH, in a directory of their own. A key is two files, named by
// the second from which it signs: 20261126T183030Z.public.pem and 20261126T183030Z.private.pem. The public one is written
// last, so that whoever sees it sees both. Names sort by time; there is no other state.
import { generateKeyPair } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '@tsmicro/network';
import { type KeyPair, readKeyPair, readPublicKey, type VerifyingKey } from './key-pair.ts';

/** A key of the directory. Its private half may be gone: it verifies then, and signs no more. */
export interface RotatedKey extends VerifyingKey {
  privateKey?: KeyPair['privateKey'];
  /** Milliseconds since 1970. */
  signsFrom: number;
}

const modulusBits = 3_072;
const nameForm = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.public\.pem$/;

const fileOf = (signsFrom: number, half: 'public' | 'private') =>
  `${new Date(signsFrom).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z.${half}.pem`;

/** From when the key signs whose public half has this name; undefined for any other file. */
function signsFromOf(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = nameForm.exec(name) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The names in a directory, sorted; none where it is not there. @throws {ConfigError} when it cannot be read */
async function listNames(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    if (code === 'ENOENT') return [];
    throw new ConfigError(`the keys for tokens cannot be used:\n  ${directory} cannot be read (${code})`);
  }
}

/** What is in the directory now, as one text: while it is the same nothing has to be read again. */
export async function describeKeys(directory: string): Promise<string> {
  return (await listNames(directory)).join('\n');
}

async function readKey(
  directory: string,
  names: ReadonlySet<string>,
  signsFrom: number,
): Promise<RotatedKey> {
  const [publicFile, privateFile] = [fileOf(signsFrom, 'public'), fileOf(signsFrom, 'private')];
  const publicKey = { path: join(directory, publicFile), name: publicFile };
  if (!names.has(privateFile)) return { ...(await readPublicKey(publicKey)), signsFrom };
  const privateKey = { path: join(directory, privateFile), name: privateFile };
  return { ...(await readKeyPair({ privateKey, publicKey })), signsFrom };
}

/** The keys of a directory, oldest first; none where it is not there. @throws {ConfigError} naming the file that is wrong */
export async function readKeyDirectory(directory: string): Promise<RotatedKey[]> {
  const names = await listNames(directory);
  const times = names.map(signsFromOf).filter((time) => time !== undefined);
  return Promise.all(times.map((signsFrom) => readKey(directory, new Set(names), signsFrom)));
}

/** How a key is added. */
export interface NewKeyOptions {
  /** Milliseconds since 1970; whole seconds count. */
  signsFrom: number;
  /** Permissions of the private half. @default 0o600 */
  mode?: number;
}

/** Makes a key pair and puts it into the directory, which is made when it is not there. */
export async function addKey(directory: string, { signsFrom, mode = 0o600 }: NewKeyOptions): Promise<void> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: modulusBits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await put(directory, fileOf(signsFrom, 'private'), privateKey, mode);
  await put(directory, fileOf(signsFrom, 'public'), publicKey, 0o644);
}

/** A reader sees all of the file or nothing of it. */
async function put(directory: string, name: string, content: string, mode: number): Promise<void> {
  const fresh = join(directory, `.${name}.new`);
  await writeFile(fresh, content, { mode });
  await chmod(fresh, mode);
  await rename(fresh, join(directory, name));
}

/** Removes the halves of a key that nobody needs any more. */
export async function removeKey(
  directory: string,
  signsFrom: number,
  halves: readonly ('public' | 'private')[],
): Promise<void> {
  for (const half of halves) await rm(join(directory, fileOf(signsFrom, half)), { force: true });
}
