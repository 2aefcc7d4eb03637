import { badRequest, forbidden, unauthorized } from '@tsmicro/network';
import { toStoredKey } from './key.ts';
import { seedKey } from './seed.ts';
import type { ApiKeyStore } from './store.ts';

/** Knows which API keys open the system. */
export class ApiKeyService {
  readonly #store: ApiKeyStore;

  constructor(store: ApiKeyStore) {
    this.#store = store;
  }

  /** Returns when the x-api-key header names a key in force. @throws {ApiError} 401 without one, 403 for any other */
  async verify(header: string | string[] | undefined): Promise<void> {
    if (header === undefined || header === '') throw unauthorized('x-api-key header is missing');
    // Node joins repeated headers by ", ": which of them the gateway had looked at could not be told.
    if (typeof header !== 'string' || header.includes(',')) {
      throw badRequest('x-api-key header must be given once');
    }
    if (!(await this.#store.isInForce(toStoredKey(header).hash))) throw forbidden('x-api-key is invalid');
  }

  /** Adds the seed key where it has never been. */
  async plantSeed(): Promise<void> {
    await this.#store.add(toStoredKey(seedKey.key), seedKey.permissions, seedKey.comments);
  }

  /** Whether the key that everybody knows would be let in. */
  async isSeedInForce(): Promise<boolean> {
    return this.#store.isInForce(toStoredKey(seedKey.key).hash);
  }
}
