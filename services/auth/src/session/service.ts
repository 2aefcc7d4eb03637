import { randomBytes } from 'node:crypto';
import { forbidden, unauthorized } from '@tsmicro/network';
import { toUserProfile, type UserProfile } from '../user/dto.ts';
import type { User } from '../user/model.ts';
import type { UserService } from '../user/service.ts';
import type { SignInBasic, SignUpBasic, Tokens, UserAuth } from './dto.ts';
import type { NewSession, OpenSession, TokenClaims } from './model.ts';
import type { SessionStore } from './store.ts';
import type { TokenIssuer } from './token.ts';

const bearerForm = /^bearer +(\S+)$/i;
const createKey = () => randomBytes(32).toString('base64url');

/** Opens, renews and ends sessions, and tells whose session a token stands for. */
export class SessionService {
  readonly #users: UserService;
  readonly #store: SessionStore;
  readonly #tokens: TokenIssuer;

  constructor(users: UserService, store: SessionStore, tokens: TokenIssuer) {
    this.#users = users;
    this.#store = store;
    this.#tokens = tokens;
  }

  /** A new user with a first session. @throws {ApiError} 400 when the email is taken */
  async signUp(body: SignUpBasic): Promise<UserAuth> {
    const keys = { primaryKey: createKey(), secondaryKey: createKey() };
    const { user, roles } = await this.#users.register(body, async ({ id }, transaction) => {
      await this.#store.open(this.#newSession(id, keys), transaction);
    });
    return { user: toUserProfile(user, roles), tokens: await this.#tokens.sign(user.id, keys) };
  }

  /** A new session beside those that there are. @throws {ApiError} 401 for wrong credentials of any kind */
  async signIn({ email, password }: SignInBasic): Promise<UserAuth> {
    const user = await this.#users.checkPassword(email, password);
    const session = this.#newSession(user.id);
    const [roles, tokens] = await Promise.all([
      this.#users.findRoles(user.id),
      this.#tokens.sign(user.id, session),
    ]);
    // Refused when the account was deactivated since its password was checked.
    if (!(await this.#store.open(session))) throw unauthorized('invalid credentials');
    return { user: toUserProfile(user, roles), tokens };
  }

  /** The session that an authorization header stands for. @throws {ApiError} 401 when there is none in force */
  async authenticate(header: string | undefined): Promise<OpenSession> {
    const claims = await this.#readAccessToken(header);
    if (claims.expired) throw unauthorized('access token has expired');
    const session = await this.#store.find(claims.userId, claims.key);
    if (session === undefined) throw unauthorized('access token is invalid');
    return session;
  }

  /** What a user sees of the own account. */
  async getProfile(user: User): Promise<UserProfile> {
    return toUserProfile(user, await this.#users.findRoles(user.id));
  }

  /**
   * What the access token in an authorization header says, which may have expired.
   * @throws {ApiError} 401 when it is not ours, or its session is no longer in force
   */
  async readRefreshedToken(header: string | undefined): Promise<TokenClaims> {
    const claims = await this.#readAccessToken(header);
    if ((await this.#store.find(claims.userId, claims.key)) === undefined) {
      throw unauthorized('access token is invalid');
    }
    return claims;
  }

  async #readAccessToken(header: string | undefined): Promise<TokenClaims> {
    if (header === undefined || header.trim() === '') throw unauthorized('authorization header is missing');
    const [, token] = bearerForm.exec(header.trim()) ?? [];
    if (token === undefined) throw unauthorized('authorization header is malformed');
    const claims = await this.#tokens.verify(token, 'access');
    if (claims === undefined) throw unauthorized('access token is invalid');
    return claims;
  }

  /** The user when any one of `roles` is held. @throws {ApiError} 403 when none is held, or none is asked for */
  async authorize(userId: string, roles: readonly string[]): Promise<User> {
    const user = roles.length === 0 ? undefined : await this.#users.findHolding(userId, roles);
    if (user === undefined) throw forbidden('permission denied: role is missing');
    return user;
  }

  /**
   * New tokens for a session, in exchange for both of its tokens; those are dead from then on.
   * @throws {ApiError} 401 when they are not, or no longer, the two tokens of one session; it stays as it was
   */
  async refresh(access: TokenClaims, refreshToken: string): Promise<Tokens> {
    const refresh = await this.#tokens.verify(refreshToken, 'refresh');
    if (refresh?.expired) throw unauthorized('refresh token has expired');
    if (refresh === undefined || refresh.userId !== access.userId)
      throw unauthorized('refresh token is invalid');
    const session = this.#newSession(access.userId);
    // Signed first: once the old pair is dead, nothing may keep the new one from its owner.
    const tokens = await this.#tokens.sign(access.userId, session);
    const old = { primaryKey: access.key, secondaryKey: refresh.key };
    if (!(await this.#store.renew(session, old))) throw unauthorized('refresh token is invalid');
    return tokens;
  }

  /** Ends a session; its tokens are dead everywhere. */
  async signOut(sessionId: string): Promise<void> {
    await this.#store.end(sessionId);
  }

  #newSession(userId: string, keys = { primaryKey: createKey(), secondaryKey: createKey() }): NewSession {
    return { userId, ...keys, expiresAt: this.#tokens.sessionExpiry };
  }
}
