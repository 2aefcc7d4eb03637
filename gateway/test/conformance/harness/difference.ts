/** What is expected of the embedded gateway, of Kong by itself, and of Kong with envelope-plugin (as by itself). */
export interface Expectations<T> {
  readonly embedded: T;
  readonly kong: T;
  readonly enveloped?: T;
}

/** Something in which gateways are meant to differ. */
export class Difference<T> {
  readonly reason: string;
  readonly #expected: Expectations<T>;

  constructor(expected: Expectations<T>, reason: string) {
    this.#expected = expected;
    this.reason = reason;
  }

  /** What is expected of one of them. */
  of(name: keyof Expectations<T>): T {
    // Undefined may be what is expected.
    return { enveloped: this.#expected.kong, ...this.#expected }[name];
  }
}

/** What a test expects: of all gateways the same, or of each its own for a reason. */
export type Expected<T> = T | Difference<T>;

/** Says that gateways are meant to differ, and why. */
export function differs<T>(expected: Expectations<T>, reason: string): Difference<T> {
  return new Difference(expected, reason);
}
