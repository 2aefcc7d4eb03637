// JSON Web Tokens (RFC 7519), signed by RS256 and nothing else, as RFC 8725 advises: the algorithm is ours to choose, not
// the token's, and header fields that bring or point to a key (jwk, jku, x5u, x5c) are never looked at.
import { hash, type KeyObject } from 'node:crypto';
import { unauthorized } from '@tsmicro/network';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { KeyRing } from '../key/key-ring.ts';
import type { SessionKeys, TokenClaims } from './model.ts';

/** What a token is good for: its claim `token_use`. */
export type TokenUse = 'access' | 'refresh';

/** Both tokens of a session. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/** How tokens are made and judged. */
export interface TokenOptions {
  keys: KeyRing;
  issuer: string;
  audience: string;
  accessValiditySec: number;
  refreshValiditySec: number;
}

const algorithm = 'RS256';
const maxTokenLength = 4_096;
/** Tokens that are remembered as verified: a few hundred bytes each. */
const maxVerified = 10_000;
const bearerForm = /^bearer +(\S+)$/i;
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const keyForm = /^[\x21-\x7e]{1,128}$/;

/** The token in an authorization header (RFC 6750, section 2.1). @throws {ApiError} 401 when there is none */
export function bearerOf(header: string | undefined): string {
  if (header === undefined || header.trim() === '') throw unauthorized('authorization header is missing');
  const [, token] = bearerForm.exec(header.trim()) ?? [];
  if (token === undefined) throw unauthorized('authorization header is malformed');
  return token;
}

/** Signs and verifies the tokens of sessions. */
export class TokenIssuer {
  readonly #options: TokenOptions;
  readonly #verification: JWTVerifyOptions;
  /** What was found in tokens of ours, by the SHA-256 of their use and text. */
  readonly #verified = new LRUCache<string, TokenClaims>({ max: maxVerified });
  #keyVersion = 0;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#verification = {
      algorithms: [algorithm],
      issuer: options.issuer,
      audience: options.audience,
      requiredClaims: ['iss', 'sub', 'aud', 'iat', 'nbf', 'exp', 'jti'],
    };
  }

  /** When a session whose tokens are signed now will be over. */
  get sessionExpiry(): Date {
    const { accessValiditySec, refreshValiditySec } = this.#options;
    return new Date(Date.now() + Math.max(accessValiditySec, refreshValiditySec) * 1_000);
  }

  /** Both tokens of a session that has these keys. */
  async sign(userId: string, { primaryKey, secondaryKey }: SessionKeys): Promise<TokenPair> {
    const { accessValiditySec, refreshValiditySec } = this.#options;
    const [accessToken, refreshToken] = await Promise.all([
      this.#sign('access', userId, primaryKey, accessValiditySec),
      this.#sign('refresh', userId, secondaryKey, refreshValiditySec),
    ]);
    return { accessToken, refreshToken };
  }

  /**
   * What the token says, when it is one of ours and for this use. Expiry is told, not judged: every other fault, of
   * whatever kind, gives undefined. A signature is verified once for as long as the token is in force.
   */
  async verify(token: string, use: TokenUse): Promise<TokenClaims | undefined> {
    if (token.length > maxTokenLength) return undefined;
    const { version } = this.#options.keys;
    if (version !== this.#keyVersion) this.#verified.clear();
    this.#keyVersion = version;
    const id = hash('sha256', `${use} ${token}`, 'base64url');
    const known = this.#verified.get(id);
    if (known !== undefined && known.expiresAt > Date.now() / 1_000) return known;
    const claims = await this.#verify(token, use);
    if (claims === undefined || claims.expired) this.#verified.delete(id);
    else if (version === this.#options.keys.version) this.#verified.set(id, claims);
    return claims;
  }

  async #verify(token: string, use: TokenUse): Promise<TokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#findKey(kid), this.#verification);
      return toClaims(payload, use, false);
    } catch (error) {
      // Expiry is the last thing that jose looks at: the signature and all other claims have stood.
      if (error instanceof errors.JWTExpired) return toClaims(error.payload, use, true);
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** The tokens of gomicro name no key. */
  async #findKey(kid: unknown): Promise<KeyObject> {
    const name = typeof kid === 'string' ? kid : undefined;
    const key = kid === undefined || name !== undefined ? await this.#options.keys.find(name) : undefined;
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key;
  }

  async #sign(use: TokenUse, userId: string, key: string, validitySec: number): Promise<string> {
    const { keys, issuer, audience } = this.#options;
    const { kid, privateKey } = keys.signing;
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ token_use: use })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
      .setIssuer(issuer)
      .setSubject(userId)
      .setAudience([audience])
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + validitySec)
      .setJti(key)
      .sign(privateKey);
  }
}

/** The tokens of gomicro do not tell their use: there the key alone decides, which is only found in its own column. */
function toClaims(payload: JWTPayload, use: TokenUse, expired: boolean): TokenClaims | undefined {
  const { sub, jti, exp, token_use: tokenUse } = payload;
  if (tokenUse !== undefined && tokenUse !== use) return undefined;
  if (typeof sub !== 'string' || !uuidForm.test(sub)) return undefined;
  if (typeof jti !== 'string' || !keyForm.test(jti)) return undefined;
  if (typeof exp !== 'number') return undefined;
  return { userId: sub.toLowerCase(), key: jti, expiresAt: exp, expired };
}
