import { randomBytes } from 'node:crypto';
import { ApiError, forbidden, notFound, unauthorized } from '@tsmicro/network';
import type { Outbox, Postgres, Transaction } from '@tsmicro/postgres';
import { toUserProfile, type UserProfile } from '../user/dto.ts';
import type { User } from '../user/model.ts';
import type { UserService } from '../user/service.ts';
import type { Throttle } from '../user/throttle.ts';
import type { Decisions } from './decision.ts';
import {
  type Session,
  type SignInBasic,
  type SignUpBasic,
  type Tokens,
  toSession,
  type UserAuth,
} from './dto.ts';
import { revocationsOf } from './event.ts';
import type { LastUse } from './last-use.ts';
import {
  type DecisionChange,
  type NewSession,
  type OpenSession,
  type Origin,
  type RefreshClaims,
  type TokenClaims,
  type TokenSession,
  toUserAgent,
} from './model.ts';
import type { SessionStore } from './store.ts';
import { bearerOf, type TokenIssuer } from './token.ts';

const createKey = () => randomBytes(32).toString('base64url');

/** What the service is built on. */
export interface SessionServiceParts {
  postgres: Postgres<unknown>;
  store: SessionStore;
  users: UserService;
  tokens: TokenIssuer;
  decisions: Decisions;
  lastUse: LastUse;
  throttle: Throttle;
  events: Pick<Outbox, 'write'>;
  /** A used refresh token that comes back within this time is refused and nothing else. */
  reuseGraceSec: number;
}

/** Opens, renews and ends sessions, and tells whose session a token stands for. */
export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  /** A new user with a first session. @throws {ApiError} 400 when the email is taken, 429 when that was said too often */
  async signUp(body: SignUpBasic, origin: Origin): Promise<UserAuth> {
    const { users, store, tokens } = this.#parts;
    const keys = { primaryKey: createKey(), secondaryKey: createKey() };
    const { user, roles } = await users.register(body, origin.client, async ({ id }, transaction) => {
      await store.open(
        { ...this.#newSession(id, keys), userAgent: toUserAgent(origin.userAgent) },
        transaction,
      );
    });
    return { user: toUserProfile(user, roles), tokens: await tokens.sign(user.id, keys) };
  }

  /**
   * A new session beside those that there are.
   * @throws {ApiError} 401 for wrong credentials of any kind, 429 after too many of them
   */
  async signIn({ email, password }: SignInBasic, origin: Origin): Promise<UserAuth> {
    const { users, store, tokens } = this.#parts;
    const { user, passwordHash } = await users.checkPassword(email, password, origin.client);
    const session = this.#newSession(user.id);
    const [roles, pair] = await Promise.all([users.findRoles(user.id), tokens.sign(user.id, session)]);
    // Refused when the account was deactivated, or its password changed, since the password was checked.
    if (!(await store.open({ ...session, userAgent: toUserAgent(origin.userAgent), passwordHash }))) {
      throw unauthorized('invalid credentials');
    }
    return { user: toUserProfile(user, roles), tokens: pair };
  }

  /** The session that an authorization header stands for. @throws {ApiError} 401 when there is none in force */
  async authenticate(header: string | undefined): Promise<TokenSession> {
    const { decisions, lastUse } = this.#parts;
    const claims = await this.#readAccessToken(header);
    if (claims.expired) throw unauthorized('access token has expired');
    const session = await decisions.find(claims.userId, claims.key);
    if (session === undefined) throw unauthorized('access token is invalid');
    lastUse.note(session.id);
    return { ...session, claims };
  }

  /** What a user sees of the own account. */
  async getProfile(user: User): Promise<UserProfile> {
    return toUserProfile(user, await this.#parts.users.findRoles(user.id));
  }

  /** The sessions of the user of this one, newest first. */
  async list({ id: currentId, user }: OpenSession): Promise<Session[]> {
    const rows = await this.#parts.store.list(user.id);
    return rows.map((row) => toSession(row, currentId));
  }

  /**
   * What the access token in an authorization header says, which may have expired, or been exchanged before.
   * @throws {ApiError} 401 when it is not ours, or its session is no longer in force; 429 after too many of them
   */
  readRefreshedToken(header: string | undefined, client: string): Promise<RefreshClaims> {
    const read = async () => {
      const claims = await this.#readAccessToken(header);
      const found = await this.#parts.store.findKey(claims.userId, claims.key);
      if (found === undefined) throw unauthorized('access token is invalid');
      return { ...claims, inForce: found === 'current' };
    };
    return this.#parts.throttle.attempt({ kind: 'refresh', client }, read);
  }

  async #readAccessToken(header: string | undefined): Promise<TokenClaims> {
    const claims = await this.#parts.tokens.verify(bearerOf(header), 'access');
    if (claims === undefined) throw unauthorized('access token is invalid');
    return claims;
  }

  /** The user when any one of `roles` is held. @throws {ApiError} 403 when none is held, or none is asked for */
  async authorize(userId: string, roles: readonly string[]): Promise<User> {
    const { decisions, users } = this.#parts;
    if (roles.length === 0) throw forbidden('permission denied: role is missing');
    const subject = await decisions.findSubject(userId.toLowerCase());
    if (subject?.roles.some(({ code }) => roles.includes(code))) return subject.user;
    // A role that was given past this service, by SQL, is not missed.
    const user = await users.findHolding(userId, roles);
    if (user === undefined) throw forbidden('permission denied: role is missing');
    return user;
  }

  /**
   * New tokens for a session, in exchange for both of its tokens; those are dead from then on.
   * @throws {ApiError} 401 when they are not, or no longer, the two tokens of one session. It stays as it was, unless the
   *   refresh token was used longer ago than the grace: then it ends. 429 after too many of them
   */
  refresh(access: RefreshClaims, refreshToken: string, client: string): Promise<Tokens> {
    const attempt = { kind: 'refresh', client } as const;
    return this.#parts.throttle.attempt(attempt, () => this.#refresh(access, refreshToken));
  }

  async #refresh(access: RefreshClaims, refreshToken: string): Promise<Tokens> {
    const { postgres, store, tokens, decisions } = this.#parts;
    const refresh = await tokens.verify(refreshToken, 'refresh');
    if (refresh?.expired) throw unauthorized('refresh token has expired');
    if (refresh === undefined || refresh.userId !== access.userId)
      throw unauthorized('refresh token is invalid');
    const { userId, key: primaryKey } = access;
    const session = this.#newSession(userId);
    // Signed first: once the old pair is dead, nothing may keep the new one from its owner.
    const pair = await tokens.sign(userId, session);
    const usedUntil = new Date(refresh.expiresAt * 1_000);
    const old = { primaryKey, secondaryKey: refresh.key, usedUntil };
    const renewed = await postgres.transaction(async (transaction) => {
      if (!(await store.renew(session, old, transaction))) return false;
      await this.#writeRevoked(userId, [primaryKey], transaction);
      return true;
    });
    if (!renewed) {
      await this.#endReused(userId, refresh.key);
      throw unauthorized(`${access.inForce ? 'refresh' : 'access'} token is invalid`);
    }
    await decisions.tell({ sessions: [primaryKey] });
    return pair;
  }

  /** Whoever has a refresh token that was used long ago is not who used it: neither goes on. */
  async #endReused(userId: string, secondaryKey: string): Promise<void> {
    const { store, decisions, reuseGraceSec } = this.#parts;
    const ended = await this.#end(userId, (transaction) =>
      store.endReused(userId, secondaryKey, reuseGraceSec, transaction),
    );
    if (ended.length > 0) await decisions.tell({ users: [userId] });
  }

  /** Ends a session; its tokens are dead everywhere. One that is over already is no fault. */
  async signOut({ id, user, claims }: TokenSession): Promise<void> {
    const { store, decisions } = this.#parts;
    const ended = await this.#end(user.id, (transaction) => store.end(user.id, id, transaction));
    // Told even where it was over: whoever ended it may have died before it was told.
    await decisions.tell({ sessions: [claims.key, ...ended] });
  }

  /** Ends one of the sessions of a user. @throws {ApiError} 404 when there is no such session of that user */
  async endOne({ user }: OpenSession, id: string): Promise<void> {
    const { store, decisions } = this.#parts;
    const ended = await this.#end(user.id, (transaction) => store.end(user.id, id, transaction));
    await decisions.tell({ users: [user.id] });
    if (ended.length === 0) throw notFound('session not found');
  }

  /** Ends all sessions of the user of this one, but this one. */
  async endOthers({ id, user }: OpenSession): Promise<void> {
    const { store, decisions } = this.#parts;
    await this.#end(user.id, (transaction) => store.endAll(user.id, id, transaction));
    await decisions.tell({ users: [user.id] });
  }

  /**
   * Ends all sessions of a user in a transaction, or all but one. It comes after the transaction's other changes, and all of
   * that in {@link change}, about the user.
   */
  async endSessions(
    transaction: Transaction<unknown>,
    userId: string,
    { except }: { except?: string } = {},
  ): Promise<void> {
    await this.#writeRevoked(
      userId,
      await this.#parts.store.endAll(userId, except, transaction),
      transaction,
    );
  }

  /**
   * Does and commits what makes these decisions untrue, and returns when nobody goes by them any more, here or in another
   * service: what the next request meets is what is stored.
   */
  async change<T>(change: DecisionChange, work: () => Promise<T>): Promise<T> {
    const { decisions } = this.#parts;
    let done: T;
    try {
      done = await work();
    } catch (error) {
      // A refusal changed nothing. Of any other end nobody knows whether the commit took place.
      if (!(error instanceof ApiError)) await decisions.tell(change);
      throw error;
    }
    await decisions.tell(change);
    return done;
  }

  /** Has nobody go by these decisions any more, here or in another service. Never throws. */
  async forget(change: DecisionChange): Promise<void> {
    await this.#parts.decisions.tell(change);
  }

  /** Ends sessions of one user. @returns their primary keys */
  #end(userId: string, work: (transaction: Transaction<unknown>) => Promise<string[]>): Promise<string[]> {
    return this.#parts.postgres.transaction(async (transaction) => {
      const ended = await work(transaction);
      await this.#writeRevoked(userId, ended, transaction);
      return ended;
    });
  }

  async #writeRevoked(userId: string, sessions: string[], transaction: Transaction<unknown>): Promise<void> {
    await this.#parts.events.write(transaction, ...revocationsOf(userId, sessions));
  }

  #newSession(userId: string, keys = { primaryKey: createKey(), secondaryKey: createKey() }): NewSession {
    return { userId, ...keys, expiresAt: this.#parts.tokens.sessionExpiry };
  }
}
