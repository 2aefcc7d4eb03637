/** Something that has a text to write. */
export interface Writer {
  /** Writes it, if it still has one. */
  flush(): void;
}

/** With fewer requests under way nothing is gained, and every turn of the event loop costs more than it saves. */
const crowd = 8;
/** So many are written together at most, as many as one service is asked at once. */
const together = 64;

/**
 * Texts that go out together at the end of a turn of the event loop. To write to a process that sleeps wakes it up, which
 * costs several times what the writing does; of a batch only the first one pays for that.
 */
export class WriteBatch {
  /** Requests under way; their owner counts. */
  running = 0;
  #writers: Writer[] = [];
  #scheduled = false;

  /** Calls `flush` of the writer soon. @returns false, and does not, where it had better write at once */
  take(writer: Writer): boolean {
    if (this.running < crowd) return false;
    this.#writers.push(writer);
    if (this.#writers.length >= together) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#onTurnEnd);
    }
    return true;
  }

  readonly #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.#flush();
  };

  #flush(): void {
    const writers = this.#writers;
    this.#writers = [];
    for (const writer of writers) writer.flush();
  }
}

/** That of this process, as there is one event loop. */
export const writeBatch = new WriteBatch();
