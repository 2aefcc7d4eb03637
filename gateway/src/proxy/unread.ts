import type { ServerResponse } from '../http1/server-response.ts';

const maxBytesEach = 1024 * 1024;
const maxBytesInAll = 64 * 1024 * 1024;

/**
 * What slow clients have not read yet of their answers. Kept here instead of at the service it costs memory, of which
 * there is a bound for each answer and for all, and no connection that other clients need.
 */
export class Unread {
  readonly #held = new Map<ServerResponse, number>();
  #bytes = 0;

  /** Whether more of this answer may be taken from the service although its client does not read. */
  mayHold(response: ServerResponse): boolean {
    if (!this.#held.has(response)) response.once('close', () => this.#release(response));
    const bytes = response.writableLength;
    this.#bytes += bytes - (this.#held.get(response) ?? 0);
    this.#held.set(response, bytes);
    return bytes < maxBytesEach && this.#bytes < maxBytesInAll;
  }

  #release(response: ServerResponse): void {
    this.#bytes -= this.#held.get(response) ?? 0;
    this.#held.delete(response);
  }
}
