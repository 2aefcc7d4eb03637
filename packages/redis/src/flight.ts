import { LoadTimeoutError } from './errors.ts';

/**
 * Loads under way, shared by all who ask for the same thing. A flight stays open until what follows its load
 * is done, so that a reader who looked just before joins it instead of loading again.
 */
export class Flights<T> {
  readonly #flights = new Map<string, Promise<T>>();
  readonly #maxFlights: number;
  readonly #timeoutMs: number;

  /** Beyond `maxFlights` everybody loads alone; no reader waits longer than `timeoutMs` for a shared load. */
  constructor(maxFlights: number, timeoutMs: number) {
    this.#maxFlights = maxFlights;
    this.#timeoutMs = timeoutMs;
  }

  /** The value of the flight under this key, begun now if there is none. Its error is everybody's error. */
  share(key: string, load: () => Promise<T>, after: (value: T) => Promise<void>): Promise<T> {
    const underWay = this.#flights.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#flights.size >= this.#maxFlights) return load();
    const value = this.#bounded(load);
    this.#flights.set(key, value);
    value
      .then(after)
      .catch(() => undefined)
      .finally(() => this.#flights.delete(key));
    return value;
  }

  async #bounded(load: () => Promise<T>): Promise<T> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new LoadTimeoutError('a shared load took too long')),
      this.#timeoutMs,
    );
    try {
      return await Promise.race([load(), timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
