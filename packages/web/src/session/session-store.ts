import { randomBytes } from 'node:crypto';
import type { Redis } from '@tsmicro/redis';
import type { SessionKey } from './session-key.ts';
import { parseRecord, type SessionRecord } from './session-record.ts';

const REPLACE = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
`;

const UNLOCK = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0
`;

/** A record, with the text that it was read from. */
export interface KeptSession {
  readonly record: SessionRecord;
  readonly sealed: string;
}

const lockOf = ({ name }: SessionKey) => `${name}:lock`;

/** Sessions in Redis. Every method throws while Redis is away: nobody is let in, or turned away, because of that. */
export class SessionStore {
  readonly #redis: Redis;
  readonly #ttlMs: number;

  constructor(redis: Redis, ttlMs: number) {
    this.#redis = redis;
    this.#ttlMs = ttlMs;
  }

  async find(key: SessionKey): Promise<KeptSession | undefined> {
    const sealed = await this.#redis.run((client) => client.get(key.name), 'get');
    const text = sealed === null ? undefined : key.open(sealed);
    const record = text === undefined ? undefined : parseRecord(text);
    return sealed === null || record === undefined ? undefined : { record, sealed };
  }

  async add(key: SessionKey, record: SessionRecord): Promise<KeptSession> {
    const sealed = key.seal(JSON.stringify(record));
    const expiration = { type: 'PX' as const, value: this.#ttlMs };
    await this.#redis.run((client) => client.set(key.name, sealed, { expiration }), 'set');
    return { record, sealed };
  }

  /** Keeps another record in the place of this one; undefined when that is no longer what is kept. */
  async replace(key: SessionKey, kept: KeptSession, record: SessionRecord): Promise<KeptSession | undefined> {
    const sealed = key.seal(JSON.stringify(record));
    const replaced = await this.#redis.run(
      (client) =>
        client.eval(REPLACE, { keys: [key.name], arguments: [kept.sealed, sealed, String(this.#ttlMs)] }),
      'replace',
    );
    return replaced === 1 ? { record, sealed } : undefined;
  }

  async remove(key: SessionKey): Promise<void> {
    await this.#redis.run((client) => client.del(key.name), 'del');
  }

  /** Keeps all other instances from doing the same for this long; undefined while another one does. */
  async lock(key: SessionKey, lifeMs: number): Promise<string | undefined> {
    const token = randomBytes(12).toString('base64url');
    const expiration = { type: 'PX' as const, value: lifeMs };
    const taken = await this.#redis.run(
      (client) => client.set(lockOf(key), token, { expiration, condition: 'NX' }),
      'lock',
    );
    return taken === null ? undefined : token;
  }

  async unlock(key: SessionKey, token: string): Promise<void> {
    await this.#redis.run(
      (client) => client.eval(UNLOCK, { keys: [lockOf(key)], arguments: [token] }),
      'unlock',
    );
  }
}
