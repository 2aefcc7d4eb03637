import { hash } from 'node:crypto';
import type { Socket } from 'node:net';

/** Under which a key is kept: its SHA-256, so that no key outlives its connection in memory. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}

/** The digests of keys. A connection mostly shows one and the same: its last one is remembered as long as it lives. */
export class Digests {
  readonly #last = new WeakMap<Socket, { key: string; digest: string }>();

  of(socket: Socket, key: string): string {
    const last = this.#last.get(socket);
    if (last?.key === key) return last.digest;
    const digest = digestOf(key);
    this.#last.set(socket, { key, digest });
    return digest;
  }
}
