import type { IncomingHttpHeaders } from 'node:http';
import type { Redis } from '@tsmicro/redis';
import type { GatewayClient } from '../gateway-client.ts';
import { type SignedIn, toPerson } from '../person.ts';
import { Cookies } from './cookie.ts';
import { Renewals } from './renewal.ts';
import { Session, type SessionCare } from './session.ts';
import { SessionKey } from './session-key.ts';
import { SessionStore } from './session-store.ts';

/** Where and how sessions are kept. */
export interface SessionsOptions {
  redis: Redis;
  gateway: GatewayClient;
  /** The name of the cookie: another one for each site of a host. @default 'session' */
  cookie?: string;
  /** Below which the cookie is sent. @default '/' */
  path?: string;
  /** How long a session lives that nobody uses. @default 604800, as long as a refresh token */
  ttlSec?: number;
  /** Whether cookies are sent over TLS only, as in production. @default where `x-forwarded-proto` says https */
  secureOnly?: boolean;
}

/**
 * The sessions of a site. The browser holds a random secret and no token; Redis holds the tokens, encrypted by that secret,
 * which it does not know. Tokens are renewed once for all tabs and instances.
 */
export class Sessions {
  readonly cookies: Cookies;
  readonly ttlSec: number;
  readonly #care: SessionCare;

  /** Use {@link openSessions}. */
  constructor({ redis, gateway, ...options }: SessionsOptions) {
    const { cookie = 'session', path = '/', ttlSec = 604_800, secureOnly = false } = options;
    this.cookies = new Cookies({ name: cookie, path, secureOnly });
    this.ttlSec = ttlSec;
    const store = new SessionStore(redis, ttlSec * 1_000);
    this.#care = { store, gateway, renewals: new Renewals(store, gateway) };
  }

  /** The session that a request belongs to. @throws an error with `fault` while Redis is away */
  async find(headers: IncomingHttpHeaders): Promise<Session | undefined> {
    const key = SessionKey.parse(this.cookies.readSession(headers));
    const kept = key && (await this.#care.store.find(key));
    return key && kept && new Session(key, kept, this.#care);
  }

  /** Begins one, under a secret that nobody has seen before. @throws an error with `fault` while Redis is away */
  async begin({ user, tokens }: SignedIn): Promise<Session> {
    const key = SessionKey.create();
    const record = { tokens, person: toPerson(user), readAt: Date.now() };
    return new Session(key, await this.#care.store.add(key, record), this.#care);
  }
}

/** The sessions of a site, in a Redis that may be away. */
export function openSessions(options: SessionsOptions): Sessions {
  return new Sessions(options);
}
