// JSON Web Tokens (RFC 7519), signed by RS256 and nothing else, as RFC 8725 advises: the algorithm is ours to choose, not
// the token's, and header fields that bring or point to a key (jwk, jku, x5u, x5c) are never looked at.
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import type { KeyPair } from './key-pair.ts';
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
  keys: KeyPair;
  issuer: string;
  audience: string;
  accessValiditySec: number;
  refreshValiditySec: number;
}

const algorithm = 'RS256';
const maxTokenLength = 4_096;
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const keyForm = /^[\x21-\x7e]{1,128}$/;

/** Signs and verifies the tokens of sessions. */
export class TokenIssuer {
  readonly #options: TokenOptions;
  readonly #verification: JWTVerifyOptions;

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
   * whatever kind, gives undefined.
   */
  async verify(token: string, use: TokenUse): Promise<TokenClaims | undefined> {
    if (token.length > maxTokenLength) return undefined;
    const { keys } = this.#options;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.publicKey, this.#verification);
      return isOurs(protectedHeader.kid, keys) ? toClaims(payload, use, false) : undefined;
    } catch (error) {
      // Expiry is the last thing that jose looks at: the signature and all other claims have stood.
      if (error instanceof errors.JWTExpired) return toClaims(error.payload, use, true);
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  async #sign(use: TokenUse, userId: string, key: string, validitySec: number): Promise<string> {
    const { keys, issuer, audience } = this.#options;
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ token_use: use })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: keys.kid })
      .setIssuer(issuer)
      .setSubject(userId)
      .setAudience([audience])
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + validitySec)
      .setJti(key)
      .sign(keys.privateKey);
  }
}

/** The tokens of gomicro name no key. */
function isOurs(kid: string | undefined, keys: KeyPair): boolean {
  return kid === undefined || kid === keys.kid;
}

/** The tokens of gomicro do not tell their use: there the key alone decides, which is only found in its own column. */
function toClaims(payload: JWTPayload, use: TokenUse, expired: boolean): TokenClaims | undefined {
  const { sub, jti, token_use: tokenUse } = payload;
  if (tokenUse !== undefined && tokenUse !== use) return undefined;
  if (typeof sub !== 'string' || !uuidForm.test(sub)) return undefined;
  if (typeof jti !== 'string' || !keyForm.test(jti)) return undefined;
  return { userId: sub.toLowerCase(), key: jti, expired };
}
