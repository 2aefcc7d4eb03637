const longestReason = 200;

/** What is wrong with an error, in one line. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const text = cause instanceof Error ? cause.message || code || cause.name : String(cause);
  return text.replaceAll(/\s+/g, ' ').slice(0, longestReason);
}

/** The sources that cannot be read now: each may fail alone, and the rest goes on. */
export class Faults {
  readonly #lines = new Map<string, string>();

  /** Each in words, in the order in which they began. */
  get lines(): readonly string[] {
    return [...this.#lines.values()];
  }

  /** The source cannot be read. */
  set(source: string, error: unknown): void {
    this.#lines.set(source, `${source}: ${reasonOf(error)}`);
  }

  /** It can, or is not wanted any more. */
  clear(source: string): void {
    this.#lines.delete(source);
  }

  clearAll(): void {
    this.#lines.clear();
  }

  /** What `read` gives, or undefined when it fails, which is a fault then. */
  async try<T>(source: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await read();
      this.clear(source);
      return value;
    } catch (error) {
      this.set(source, error);
      return undefined;
    }
  }
}
