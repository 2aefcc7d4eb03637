// What a browser holds of a session, and what follows from it. Redis is told only a hash of it, and keeps only what is
// encrypted by a key made of it: who reads all of Redis finds no token there, and nothing to sign in with.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const form = /^[\w-]{43}$/;

/** The secret of one session. */
export class SessionKey {
  /** 32 random bytes: the value of the cookie. */
  readonly secret: string;
  /** Where it is kept: no way leads back from here to the secret. */
  readonly name: string;
  readonly #key: Buffer;

  constructor(secret: string) {
    this.secret = secret;
    this.name = `session:${createHash('sha256').update(secret).digest('hex')}`;
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'tsmicro session record', 32));
  }

  /** A new one, which nobody can guess. */
  static create(): SessionKey {
    return new SessionKey(randomBytes(32).toString('base64url'));
  }

  /** The one that a cookie names; undefined for what cannot be one. */
  static parse(value: string | undefined): SessionKey | undefined {
    return value !== undefined && form.test(value) ? new SessionKey(value) : undefined;
  }

  /** The text, encrypted and bound to this session: never twice the same. */
  seal(text: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(this.name));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** The text of {@link seal}; undefined for anything else. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < nonceBytes + tagBytes) return undefined;
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(this.name))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      return (
        decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      return undefined;
    }
  }
}
