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

/** A key that verifies tokens. */
export interface VerifyingKey {
  publicKey: KeyObject;
  /** The thumbprint of the public key (RFC 7638): the same in every process that has the key. */
  kid: string;
  jwk: PublicJwk;
}

/** The RSA key that signs tokens and the one that verifies them. */
export interface KeyPair extends VerifyingKey {
  privateKey: KeyObject;
}

const minModulusBits = 2_048;

async function readKey(
  source: string,
  path: string,
  parse: (pem: string) => KeyObject,
): Promise<KeyObject | string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    return `${source}: the file cannot be read (${reason})`;
  }
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch {
    return `${source}: the file holds no such key in PEM form`;
  }
  if (key.asymmetricKeyType !== 'rsa') return `${source}: the key is ${key.asymmetricKeyType}, not RSA`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < minModulusBits ? `${source}: the key has ${bits} bits, less than ${minModulusBits}` : key;
}

const unusable = (complaints: readonly string[]) =>
  new ConfigError(`the keys for tokens cannot be used:\n${complaints.map((text) => `  ${text}`).join('\n')}`);

async function toVerifyingKey(publicKey: KeyObject): Promise<VerifyingKey> {
  const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint({ kty, n, e }, 'sha256');
  return { publicKey, kid, jwk: { kty, n, e, alg: 'RS256', use: 'sig', kid } };
}

/** Where a key is, and what it is called in complaints: a variable, or the path. */
export interface KeyFile {
  path: string;
  name: string;
}

/** Reads a public key alone. @throws {ConfigError} for a file that is unreadable, or no RSA key of enough bits */
export async function readPublicKey({ path, name }: KeyFile): Promise<VerifyingKey> {
  const key = await readKey(name, path, parsePublicKey);
  if (typeof key === 'string') throw unusable([key]);
  return toVerifyingKey(key);
}

/** Reads both files. @throws {ConfigError} for files that are unreadable, not RSA, too short or of two different keys */
export async function readKeyPair(files: { privateKey: KeyFile; publicKey: KeyFile }): Promise<KeyPair> {
  const [privateKey, publicKey] = await Promise.all([
    readKey(files.privateKey.name, files.privateKey.path, createPrivateKey),
    readKey(files.publicKey.name, files.publicKey.path, parsePublicKey),
  ]);
  if (typeof privateKey === 'string' || typeof publicKey === 'string') {
    throw unusable([privateKey, publicKey].filter((key) => typeof key === 'string'));
  }
  if (!createPublicKey(privateKey).equals(publicKey)) {
    throw unusable([`${files.privateKey.name} and ${files.publicKey.name}: not a pair`]);
  }
  return { privateKey, ...(await toVerifyingKey(publicKey)) };
}

/** A private key would do as well, but whoever gave it here took one file for the other. */
function parsePublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('a private key');
  return createPublicKey(pem);
}
