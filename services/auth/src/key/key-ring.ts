import type { KeyObject } from 'node:crypto';
import type { RotatedKey } from './key-directory.ts';
import type { KeyPair, PublicJwk, VerifyingKey } from './key-pair.ts';

/** Where the keys of a ring are, and how long they are needed. */
export interface KeySource {
  /** The pair of RSA_PRIVATE_KEY_PATH: it signs until another takes over. */
  first: KeyPair;
  /** The keys that have taken over or will. */
  rotated: readonly RotatedKey[];
  /** Longest life of a token, in milliseconds: for so long after it last signed a key still verifies. */
  longestValidityMs: number;
  /** Changes when the rotated keys may have changed. */
  describe: () => Promise<string>;
  read: () => Promise<readonly RotatedKey[]>;
  /** What becomes of reading again: it failed, and the ring stays as it was, or brought other keys. */
  onError?: (error: unknown) => void;
  onChange?: (kids: readonly string[]) => void;
}

interface Place extends VerifyingKey {
  privateKey?: KeyObject;
  signsFrom: number;
  /** When the last token that it may have signed has expired. */
  verifiesUntil: number;
}

/** How often the keys are looked at: well below the overlap of two keys. */
const pollMs = 5_000;
/** A token that names an unknown key is a reason to look at once, but not more often than this. */
const restMs = 1_000;

/**
 * The keys of tokens. A key is known before it signs, so that every instance can verify what another signs, and verifies
 * until nothing that it signed is in force any more.
 */
export class KeyRing {
  readonly #source: KeySource;
  #places: readonly Place[];
  #seen: string | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #version = 0;

  constructor(source: KeySource) {
    this.#source = source;
    this.#places = toPlaces(source, source.rotated);
  }

  /** Looks for other keys every five seconds, until {@link close}. */
  watch(): this {
    this.#timer = setInterval(() => void this.#look(), pollMs);
    this.#timer.unref();
    return this;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Grows with each change of the keys. */
  get version(): number {
    return this.#version;
  }

  /** The key that signs now. */
  get signing(): KeyPair {
    const now = Date.now();
    const place = this.#places.findLast(({ signsFrom, privateKey }) => signsFrom <= now && privateKey);
    return place === undefined ? this.#source.first : toPair(place, this.#source.first);
  }

  /** The public keys of every token that may be in force, now or soon. */
  get jwks(): { keys: PublicJwk[] } {
    return { keys: this.#inForce().map(({ jwk }) => jwk) };
  }

  /**
   * The key of this name; one that is unknown is looked for where keys come from. The tokens of gomicro name none: they
   * were signed by the first one.
   */
  async find(kid: string | undefined): Promise<KeyObject | undefined> {
    const known = this.#known(kid);
    if (known !== undefined || kid === undefined) return known;
    await this.#lookForUnknown();
    return this.#known(kid);
  }

  async #lookForUnknown(): Promise<void> {
    const now = performance.now();
    if (this.#reading === undefined && now - this.#askedAt < restMs) return;
    this.#askedAt = now;
    await this.#look();
  }

  /** Looks for other keys now. Never throws. */
  reread(): Promise<void> {
    this.#seen = undefined;
    return this.#look();
  }

  #known(kid: string | undefined): KeyObject | undefined {
    const { first } = this.#source;
    return this.#inForce().find((place) => place.kid === (kid ?? first.kid))?.publicKey;
  }

  #inForce(): readonly Place[] {
    const now = Date.now();
    return this.#places.filter(({ verifiesUntil }) => verifiesUntil > now);
  }

  #look(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { describe, read, onError, onChange } = this.#source;
    try {
      const seen = await describe();
      if (seen === this.#seen) return;
      const places = toPlaces(this.#source, await read());
      this.#seen = seen;
      const kids = places.map(({ kid }) => kid);
      if (kids.join() === this.#places.map(({ kid }) => kid).join()) return;
      this.#places = places;
      this.#version++;
      onChange?.(kids);
    } catch (error) {
      onError?.(error);
    }
  }
}

/** All keys by the time from which they sign, each until its successor has signed for as long as a token lives. */
function toPlaces({ first, longestValidityMs }: KeySource, rotated: readonly RotatedKey[]): Place[] {
  const keys = [
    { ...first, signsFrom: Number.NEGATIVE_INFINITY },
    ...rotated.filter(({ kid }) => kid !== first.kid),
  ].sort((one, other) => one.signsFrom - other.signsFrom);
  return keys.map((key, index) => ({
    ...key,
    verifiesUntil: (keys[index + 1]?.signsFrom ?? Number.POSITIVE_INFINITY) + longestValidityMs,
  }));
}

function toPair({ privateKey, ...key }: Place, first: KeyPair): KeyPair {
  return privateKey === undefined ? first : { ...key, privateKey };
}
