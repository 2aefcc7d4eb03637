import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const nowSec = Math.floor(Date.now() / 1_000);
const hourSec = 3_600;

/** A row of gomicro's keystore, and the two tokens that it stands for. */
export interface GomicroSession {
  userId: string;
  primaryKey: string;
  secondaryKey: string;
  accessToken: string;
  refreshToken: string;
}

/** The keys that gomicro's generator makes: 2048 bits, the private half as PKCS #1. */
export function createGomicroKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { rsaPrivateKey: privateKey, rsaPublicKey: publicKey };
}

/** A session of a user as gomicro opens one; the life of its access token, in hours from now, may be over. */
export function createGomicroSession(
  userId: string,
  rsaPrivateKey: string,
  accessHours: number,
): GomicroSession {
  const [primaryKey, secondaryKey] = [createKey(), createKey()];
  const tokenOf = (key: string, hours: number) => signAsGomicro(rsaPrivateKey, userId, key, hours);
  return {
    userId,
    primaryKey,
    secondaryKey,
    accessToken: tokenOf(primaryKey, accessHours),
    refreshToken: tokenOf(secondaryKey, 100),
  };
}

const createKey = () => randomBytes(32).toString('base64url');

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** What golang-jwt writes: no `kid`, no word of what the token is for, and the claims in the order of its struct. */
function signAsGomicro(rsaPrivateKey: string, userId: string, jti: string, hours: number): string {
  const issuedAt = nowSec - 50 * hourSec;
  const claims = {
    iss: 'api.goserve.afteracademy.com',
    sub: userId,
    aud: ['goserve.afteracademy.com'],
    exp: nowSec + hours * hourSec,
    nbf: issuedAt,
    iat: issuedAt,
    jti,
  };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), rsaPrivateKey).toString('base64url')}`;
}
