import { generateKeyPair } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const modulusBits = 3072;

/** The files of the key pair that signs tokens. */
export interface KeyFiles {
  readonly rsaPrivateKey: string;
  readonly rsaPublicKey: string;
}

/** The RSA key pair of this folder (PKCS #8 and SPKI, PEM); made, with 3072 bits, when there is none. */
export async function openKeys(dir: string): Promise<KeyFiles> {
  const files = { rsaPrivateKey: join(dir, 'private.pem'), rsaPublicKey: join(dir, 'public.pem') };
  if (existsSync(files.rsaPrivateKey) && existsSync(files.rsaPublicKey)) return files;
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: modulusBits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(files.rsaPublicKey, publicKey, { mode: 0o644 });
  writeFileSync(`${files.rsaPrivateKey}.new`, privateKey, { mode: 0o600 });
  renameSync(`${files.rsaPrivateKey}.new`, files.rsaPrivateKey);
  return files;
}
