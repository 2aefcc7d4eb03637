// Passwords are hashed with argon2id (RFC 9106) and kept in the PHC string format; the parameters are the minimum that
// OWASP's Password Storage Cheat Sheet asks for. The bcrypt hashes of gomicro are understood, never made.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { compare as compareBcrypt } from 'bcryptjs';
import type { Bulkhead } from './bulkhead.ts';

const deriveKey = promisify(argon2);

interface Parameters {
  memoryKib: number;
  passes: number;
  parallelism: number;
}

interface Argon2Hash {
  parameters: Parameters;
  salt: Buffer;
  tag: Buffer;
}

const current: Parameters = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;
/** bcrypt sees no more than this of a password. */
const bcryptMaxBytes = 72;

const phcForm = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const bcryptForm = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

const toBase64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

function tagOf(password: string, salt: Buffer, length: number, parameters: Parameters): Promise<Buffer> {
  return deriveKey('argon2id', {
    message: password,
    nonce: salt,
    tagLength: length,
    memory: parameters.memoryKib,
    passes: parameters.passes,
    parallelism: parameters.parallelism,
  });
}

/** What a comparison found out. */
export interface PasswordVerdict {
  matches: boolean;
  /** Belongs in the place of the stored hash, which is bcrypt or has other parameters than today's. */
  renewedHash?: string;
}

/** Makes and checks password hashes, a bounded number at a time. */
export class PasswordHasher {
  readonly #bulkhead: Bulkhead;

  constructor(bulkhead: Bulkhead) {
    this.#bulkhead = bulkhead;
  }

  /**
   * Does `work` that will ask for a hash or a comparison.
   * @throws an error with `fault`, before the work began, when the machine has no room for it now
   */
  admit<T>(work: () => Promise<T>): Promise<T> {
    return this.#bulkhead.admit(work);
  }

  /** The PHC string of a new hash. @throws an error with `fault` when the machine has no room for it now */
  hash(password: string): Promise<string> {
    return this.#bulkhead.run(() => createHash(password));
  }

  /**
   * Compares a password with a stored hash. Without one (no such account) it takes the time that one would have taken,
   * so that nobody can tell by the clock.
   * @throws an error with `fault` when the machine has no room for it now
   */
  verify(password: string, stored: string | undefined): Promise<PasswordVerdict> {
    return this.#bulkhead.run(async () => {
      const argon2Hash = parseArgon2Hash(stored ?? '');
      if (argon2Hash !== undefined) return verifyArgon2(password, argon2Hash);
      const matches =
        stored !== undefined && bcryptForm.test(stored) && (await verifyBcrypt(password, stored));
      // Made in every case: it is also what takes the time.
      const renewedHash = await createHash(password);
      return matches ? { matches, renewedHash } : { matches };
    });
  }
}

function parseArgon2Hash(stored: string): Argon2Hash | undefined {
  const [, memoryKib, passes, parallelism, salt = '', tag = ''] = phcForm.exec(stored) ?? [];
  if (memoryKib === undefined) return undefined;
  return {
    parameters: { memoryKib: Number(memoryKib), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

async function createHash(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await tagOf(password, salt, tagBytes, current);
  const { memoryKib, passes, parallelism } = current;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${toBase64(salt)}$${toBase64(tag)}`;
}

async function verifyArgon2(
  password: string,
  { parameters, salt, tag }: Argon2Hash,
): Promise<PasswordVerdict> {
  if (!timingSafeEqual(await tagOf(password, salt, tag.length, parameters), tag)) return { matches: false };
  const { memoryKib, passes, parallelism } = parameters;
  const isCurrent =
    memoryKib === current.memoryKib && passes === current.passes && parallelism === current.parallelism;
  return isCurrent ? { matches: true } : { matches: true, renewedHash: await createHash(password) };
}

/** bcrypt would cut a longer password short; gomicro refused to hash one, so it can match no hash of gomicro's. */
async function verifyBcrypt(password: string, stored: string): Promise<boolean> {
  const matches = await compareBcrypt(password, stored);
  return matches && Buffer.byteLength(password) <= bcryptMaxBytes;
}
