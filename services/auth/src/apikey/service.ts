import { apiKeyCreated, apiKeyRevoked } from '@tsmicro/contracts-auth';
import { createEvent } from '@tsmicro/micro';
import { badRequest, forbidden, notFound, unauthorized } from '@tsmicro/network';
import type { Outbox, Transaction } from '@tsmicro/postgres';
import { type ApiKeyView, type CreateApiKey, type NewApiKeyView, toApiKeyView } from './dto.ts';
import { parseGrants } from './grant.ts';
import { createKey, type StoredKey, toStoredKey } from './key.ts';
import type { ApiKeyGrant } from './model.ts';
import { seedKey } from './seed.ts';
import type { ApiKeyStore, KeyChange } from './store.ts';

/** What the service is built on. */
export interface ApiKeyServiceParts {
  store: ApiKeyStore;
  events: Pick<Outbox, 'write'>;
  /** Is told of each use, on nobody's time. */
  uses: { note(id: string): void };
}

/** Knows which API keys open the system; makes, replaces and revokes them. */
export class ApiKeyService {
  readonly #store: ApiKeyStore;
  readonly #events: Pick<Outbox, 'write'>;
  readonly #uses: { note(id: string): void };

  constructor({ store, events, uses }: ApiKeyServiceParts) {
    this.#store = store;
    this.#events = events;
    this.#uses = uses;
  }

  /** What the key in an x-api-key header is good for. @throws {ApiError} 401 without one, 403 for one that is not in force */
  async verifyHeader(header: string | string[] | undefined): Promise<ApiKeyGrant> {
    if (header === undefined || header === '') throw unauthorized('x-api-key header is missing');
    // Node joins repeated headers by ", ": which of them the gateway had looked at could not be told.
    if (typeof header !== 'string' || header.includes(',')) {
      throw badRequest('x-api-key header must be given once');
    }
    return this.verify(header);
  }

  /** What a key is good for. @throws {ApiError} 403 for one that is not in force */
  async verify(key: string): Promise<ApiKeyGrant> {
    const grant = await this.#store.findGrant(toStoredKey(key).hash);
    if (grant === undefined) throw forbidden('x-api-key is invalid');
    this.#uses.note(grant.id);
    return grant;
  }

  /** Keys, also those that are over, newest first. */
  async list(query: { page: number; limit: number }): Promise<ApiKeyView[]> {
    return (await this.#store.list(query)).map(toApiKeyView);
  }

  /** @throws {ApiError} 404 */
  async get(id: string): Promise<ApiKeyView> {
    const apiKey = await this.#store.find(id);
    if (apiKey === undefined) throw notFound('api key not found');
    return toApiKeyView(apiKey);
  }

  /** Makes a key; only this answer has it. @throws {ApiError} 400 for one that would be over already */
  async create({ permissions, comments, expiresAt }: CreateApiKey): Promise<NewApiKeyView> {
    const end = expiresAt === undefined ? undefined : new Date(expiresAt);
    if (end !== undefined && end.getTime() <= Date.now()) throw badRequest('expiresAt must be in the future');
    const key = createKey();
    const stored = toStoredKey(key);
    const apiKey = await this.#store.create(
      stored,
      { permissions, comments, expiresAt: end },
      (change, transaction) => this.#tell(change, stored, transaction),
    );
    return { ...toApiKeyView(apiKey), key };
  }

  /**
   * Another key for the same purpose; the one before lives on for `graceSec`. Only this answer has it.
   * @throws {ApiError} 404, and 400 for a key that is not in force
   */
  async rotate(id: string, graceSec: number): Promise<NewApiKeyView> {
    const key = createKey();
    const stored = toStoredKey(key);
    const apiKey = await this.#store.replace(id, stored, graceSec, (change, transaction) =>
      this.#tell(change, stored, transaction),
    );
    if (apiKey !== undefined) return { ...toApiKeyView(apiKey), key };
    await this.get(id);
    throw badRequest('api key is not active');
  }

  /** Ends a key, and what is left of the grace of those that it replaced. @throws {ApiError} 404 */
  async revoke(id: string): Promise<void> {
    const apiKey = await this.#store.revoke(id, (change, transaction) =>
      this.#tell(change, undefined, transaction),
    );
    if (apiKey === undefined) throw notFound('api key not found');
  }

  /** Adds the seed key where it has never been. */
  async plantSeed(): Promise<void> {
    await this.#store.addIfUnknown(toStoredKey(seedKey.key), seedKey);
  }

  /** Adds keys that were given away, in the words of API_KEY_GRANTS; one that was revoked or replaced since is not brought back. */
  async plantGrants(text: string): Promise<void> {
    for (const given of parseGrants(text)) await this.#store.addOnce(given);
  }

  /** Whether the key that everybody knows would be let in, or is among those that were given away. */
  async isSeedInForce(grants: string): Promise<boolean> {
    const { hash } = toStoredKey(seedKey.key);
    if (parseGrants(grants).some((given) => given.hash === hash)) return true;
    return (await this.#store.findGrant(hash)) !== undefined;
  }

  async #tell(
    { apiKey: { id }, ended }: KeyChange,
    made: StoredKey | undefined,
    transaction: Transaction<unknown>,
  ): Promise<void> {
    await this.#events.write(
      transaction,
      ...(made === undefined ? [] : [createEvent(apiKeyCreated, id, { id, ...made })]),
      ...ended.map(({ endsAt, ...key }) =>
        createEvent(apiKeyRevoked, id, {
          id,
          ...key,
          ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }),
        }),
      ),
    );
  }
}
