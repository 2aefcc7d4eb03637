import { setTimeout as sleep } from 'node:timers/promises';
import { isFault } from '@tsmicro/dependency';
import { ApiError, compileParser, RequestContext, unavailable } from '@tsmicro/network';
import type { GatewayClient, Visitor } from '../gateway-client.ts';
import { SessionTokens } from '../person.ts';
import { SignInNeededError } from './errors.ts';
import type { SessionKey } from './session-key.ts';
import type { KeptSession, SessionStore } from './session-store.ts';

const patienceMs = 4_000;
/** Longer than who holds it may take. */
const lockMs = patienceMs + 2_000;
const retryMs = 40;

const parseTokens = compileParser(SessionTokens);

/**
 * Exchanges the tokens of sessions. A refresh token counts once, so that of all tabs and all instances one may ask: the
 * others of this process wait with it, those of other processes for its lock.
 */
export class Renewals {
  readonly #store: SessionStore;
  readonly #gateway: GatewayClient;
  readonly #underWay = new Map<string, Promise<KeptSession>>();

  constructor(store: SessionStore, gateway: GatewayClient) {
    this.#store = store;
    this.#gateway = gateway;
  }

  /**
   * The session with other tokens than the refused one.
   * @throws {SignInNeededError} when the session is over
   * @throws {ApiError} 503, 504: nobody can say now whether it is
   */
  renew(key: SessionKey, refused: string, visitor: Visitor): Promise<KeptSession> {
    const underWay = this.#underWay.get(key.name);
    if (underWay !== undefined) return underWay;
    // Who waits for it must not lose it because the first who asked has left.
    const context = new RequestContext({ requestId: visitor.context.requestId, timeoutMs: patienceMs });
    const renewal = this.#renew(key, refused, { ...visitor, context }).finally(() => {
      context.end();
      this.#underWay.delete(key.name);
    });
    this.#underWay.set(key.name, renewal);
    return renewal;
  }

  async #renew(key: SessionKey, refused: string, visitor: Visitor): Promise<KeptSession> {
    while (visitor.context.timeLeftMs() > 0) {
      const lock = await this.#store.lock(key, lockMs);
      const kept = await this.#store.find(key);
      try {
        if (kept === undefined) throw new SignInNeededError({ ended: true });
        // Another tab, or another instance, was first.
        if (kept.record.tokens.accessToken !== refused) return kept;
        if (lock !== undefined) return await this.#exchange(key, kept, visitor);
      } finally {
        if (lock !== undefined) await this.#store.unlock(key, lock).catch(() => undefined);
      }
      await sleep(retryMs);
    }
    throw unavailable('the session could not be renewed');
  }

  async #exchange(key: SessionKey, kept: KeptSession, visitor: Visitor): Promise<KeptSession> {
    const { accessToken, refreshToken } = kept.record.tokens;
    try {
      const { data } = await this.#gateway.ask(
        { method: 'POST', path: '/auth/token/refresh', body: { refreshToken }, accessToken },
        visitor,
      );
      return await this.#keep(key, kept, parseTokens(data));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await this.#store.remove(key);
      throw new SignInNeededError({ ended: true });
    }
  }

  /** Lost, the new tokens would be the end of the session: a Redis that is away is tried again for a while. */
  async #keep(key: SessionKey, kept: KeptSession, tokens: SessionTokens): Promise<KeptSession> {
    let current: KeptSession | undefined = kept;
    for (const giveUpAt = performance.now() + lockMs - patienceMs; current !== undefined; ) {
      try {
        const renewed: KeptSession | undefined = await this.#store.replace(key, current, {
          ...current.record,
          tokens,
        });
        if (renewed !== undefined) return renewed;
        current = await this.#store.find(key);
      } catch (error) {
        if (!isFault(error) || performance.now() > giveUpAt) throw error;
        await sleep(retryMs);
      }
    }
    // Signed out meanwhile.
    throw new SignInNeededError({ ended: true });
  }
}
