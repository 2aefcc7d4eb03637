const maxMessages = 1_024;
const maxBytes = 16 * 1024 * 1024;

/** How much is read until the next question is asked: a flood costs no more than that. */
export class Allowance {
  #messages = maxMessages;
  #bytes = maxBytes;

  /** Whether a message of this size may still be read. */
  take(bytes: number): boolean {
    if (this.#messages <= 0 || this.#bytes < bytes) return false;
    this.#messages--;
    this.#bytes -= bytes;
    return true;
  }

  renew(): void {
    this.#messages = maxMessages;
    this.#bytes = maxBytes;
  }
}
