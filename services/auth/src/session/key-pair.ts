import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@tsmicro/network';
import { calculateJwkThumbprint, exportJWK } from 'jose';

/** The public half as other programs get it (RFC 7517). */
export interface PublicJwk {
  kty: string;
  n: string;
  e: string;
  alg: string;
  use: string;
  kid: string;
}

/** The RSA key that signs tokens and the one that verifies them. */
export interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The thumbprint of the public key (RFC 7638): the same in every process that has the key. */
  kid: string;
  jwk: PublicJwk;
}

const minModulusBits = 2_048;

async function readKey(
  variable: string,
  path: string,
  parse: (pem: string) => KeyObject,
): Promise<KeyObject | string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    return `${variable}: the file cannot be read (${reason})`;
  }
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch {
    return `${variable}: the file holds no such key in PEM form`;
  }
  if (key.asymmetricKeyType !== 'rsa') return `${variable}: the key is ${key.asymmetricKeyType}, not RSA`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < minModulusBits ? `${variable}: the key has ${bits} bits, less than ${minModulusBits}` : key;
}

/** Reads both files. @throws {ConfigError} for files that are unreadable, not RSA, too short or of two different keys */
export async function readKeyPair(paths: { privateKey: string; publicKey: string }): Promise<KeyPair> {
  const [privateKey, publicKey] = await Promise.all([
    readKey('RSA_PRIVATE_KEY_PATH', paths.privateKey, createPrivateKey),
    readKey('RSA_PUBLIC_KEY_PATH', paths.publicKey, parsePublicKey),
  ]);
  if (typeof privateKey === 'string' || typeof publicKey === 'string') {
    const complaints = [privateKey, publicKey].filter((key) => typeof key === 'string');
    throw new ConfigError(
      `the keys for tokens cannot be used:\n${complaints.map((text) => `  ${text}`).join('\n')}`,
    );
  }
  if (!createPublicKey(privateKey).equals(publicKey)) {
    throw new ConfigError(
      'the keys for tokens cannot be used:\n  RSA_PRIVATE_KEY_PATH and RSA_PUBLIC_KEY_PATH: not a pair',
    );
  }
  const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint({ kty, n, e }, 'sha256');
  return { privateKey, publicKey, kid, jwk: { kty, n, e, alg: 'RS256', use: 'sig', kid } };
}

/** A private key would do as well, but whoever gave it here took one file for the other. */
function parsePublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
  return createPublicKey(pem);
}
