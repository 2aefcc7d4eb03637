import { ApiError, compileParser } from '@tsmicro/network';
import type { GatewayClient, Visitor } from '../gateway-client.ts';
import { type Person, Profile, toPerson } from '../person.ts';
import { type Credentials, profilePath } from '../visitor-api.ts';
import type { Renewals } from './renewal.ts';
import type { SessionKey } from './session-key.ts';
import type { KeptSession, SessionStore } from './session-store.ts';

const parseProfile = compileParser(Profile);

/** What sessions are looked after by. */
export interface SessionCare {
  readonly store: SessionStore;
  readonly renewals: Renewals;
  readonly gateway: GatewayClient;
}

/** One session, as one visit sees it. */
export class Session implements Credentials {
  readonly key: SessionKey;
  readonly #care: SessionCare;
  #kept: KeptSession;

  constructor(key: SessionKey, kept: KeptSession, care: SessionCare) {
    this.key = key;
    this.#kept = kept;
    this.#care = care;
  }

  get person(): Person {
    return this.#kept.record.person;
  }

  /** Milliseconds since the person was read. */
  ageMs(): number {
    return Date.now() - this.#kept.record.readAt;
  }

  accessToken(): string {
    return this.#kept.record.tokens.accessToken;
  }

  async renew(refused: string, visitor: Visitor): Promise<string> {
    if (this.accessToken() === refused) {
      this.#kept = await this.#care.renewals.renew(this.key, refused, visitor);
    }
    return this.accessToken();
  }

  /**
   * Reads the person again, and lets the session live on from now.
   * @throws {SignInNeededError} when it is over
   * @throws {ApiError} when the gateway cannot say
   */
  async refreshPerson(visitor: Visitor, timeoutMs?: number): Promise<void> {
    const person = toPerson(parseProfile(await this.#readProfile(visitor, timeoutMs)));
    const record = { ...this.#kept.record, person, readAt: Date.now() };
    // Of two who read at once the first one's stays: both are as good.
    const replaced = await this.#care.store.replace(this.key, this.#kept, record);
    this.#kept = replaced ?? { ...this.#kept, record };
  }

  /** Forgets it. */
  async end(): Promise<void> {
    await this.#care.store.remove(this.key);
  }

  async #readProfile(visitor: Visitor, timeoutMs?: number): Promise<unknown> {
    const ask = async (accessToken: string) => {
      const bound = timeoutMs === undefined ? {} : { timeoutMs };
      const question = { method: 'GET', path: profilePath, accessToken, ...bound } as const;
      return (await this.#care.gateway.ask(question, visitor)).data;
    };
    const accessToken = this.accessToken();
    try {
      return await ask(accessToken);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    return ask(await this.renew(accessToken, visitor));
  }
}
