import { createHash, randomBytes } from 'node:crypto';

const keyBytes = 32;

/** What is stored of an API key. */
export interface StoredKey {
  /** SHA-256 in lower-case hex. A key is long and random: it needs no salt and no slow hash. */
  hash: string;
  /** Tells keys apart for people: at most 8 characters, and at most a quarter of the key. */
  prefix: string;
}

/** A new API key: 256 random bits, in 43 characters that every header takes. */
export const createKey = (): string => randomBytes(keyBytes).toString('base64url');

/** The part of an API key that is stored; the key itself never is. */
export function toStoredKey(key: string): StoredKey {
  return {
    hash: createHash('sha256').update(key).digest('hex'),
    prefix: key.slice(0, Math.min(8, Math.floor(key.length / 4))),
  };
}
