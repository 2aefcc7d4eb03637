import { performance } from 'node:perf_hooks';
import { toDigest } from './digests.ts';
import type { RulingCache } from './ruling-cache.ts';

/** What is told of revocations. */
export type RevocationListener = Pick<RulingCache, 'revoke' | 'doubtAll'>;

/** Between who hears of revoked API keys and those who remember keys; one for a gateway. */
export class Revocations {
  readonly #listeners = new Set<RevocationListener>();

  /**
   * A key is no longer good, by the SHA-256 of the key in hex; with `endsAt`, in milliseconds since 1970, it is good
   * until then.
   */
  revoke(hash: string, endsAt?: number): void {
    const digest = toDigest(hash);
    const now = performance.now();
    const end = endsAt === undefined ? undefined : now + endsAt - Date.now();
    for (const listener of this.#listeners) listener.revoke(digest, now, end);
  }

  /** Revocations may have come while nobody listened. */
  missed(): void {
    const now = performance.now();
    for (const listener of this.#listeners) listener.doubtAll(now);
  }

  /** From now on `listener` is told, until the function that comes back is called. */
  subscribe(listener: RevocationListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
