import { DatabaseSync } from 'node:sqlite';

const busyCode = 5;

/**
 * The right to run this stack, held by one process at a time. SQLite holds it as a lock of the kernel, which ends
 * with the process however that ends: no stale lock files.
 */
export class Lock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock; undefined when another process holds it. */
  static take(file: string): Lock | undefined {
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new Lock(database);
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === busyCode) return undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
