import { hash } from 'node:crypto';

/** Under which a key is kept: its SHA-256, so that no key outlives its connection in memory. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}

/** The digest of a key of which only the SHA-256 in hex is known. */
export function toDigest(sha256Hex: string): string {
  return Buffer.from(sha256Hex, 'hex').toString('base64');
}

/** The digests of keys. A connection mostly shows one and the same: its last one is remembered as long as it lives. */
export class Digests {
  readonly #last = new WeakMap<object, { key: string; digest: string }>();

  of(connection: object, key: string): string {
    const last = this.#last.get(connection);
    if (last?.key === key) return last.digest;
    const digest = digestOf(key);
    this.#last.set(connection, { key, digest });
    return digest;
  }
}
