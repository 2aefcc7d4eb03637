import { DatabaseSync, type StatementSync } from 'node:sqlite';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 2000;
  PRAGMA cache_size = -65536;
  CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, uuid BLOB NOT NULL, UNIQUE (db, name)
  );
  CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL REFERENCES collections (id),
    spec BLOB NOT NULL, multikey INTEGER NOT NULL DEFAULT 0
  );`;

/**
 * The SQLite file under the server. What is written between {@link begin} and {@link commit} is on the disk
 * when `commit` returns: the write-ahead log is flushed at every commit.
 */
export class Database implements Disposable {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #open = false;
  #writes = 0;

  /** Opens the file, or a database in memory for `:memory:`, and makes what is missing in it. */
  constructor(path: string) {
    this.#sqlite = new DatabaseSync(path, { timeout: 2000 });
    // Two servers on one file would each trust their own picture of the catalogue.
    this.#sqlite.exec('PRAGMA locking_mode = EXCLUSIVE;');
    this.#sqlite.exec(schema);
  }

  /** Changes with every unit of writes: what was read at another count may be out of date. */
  get writes(): number {
    return this.#writes;
  }

  /** The prepared statement, kept for the next use. Its rows are arrays. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#sqlite.prepare(sql);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs statements that change the schema; prepared statements are forgotten, their tables may be gone. */
  execute(sql: string): void {
    this.#statements.clear();
    this.#sqlite.exec(sql);
  }

  /** Runs one command's writes: kept until the commit when `work` returns, undone when it throws. */
  unit<T>(work: () => T): T {
    this.#writes += 1;
    if (!this.#open) {
      this.statement('BEGIN IMMEDIATE').run();
      this.#open = true;
    }
    this.statement('SAVEPOINT command').run();
    try {
      const result = work();
      this.statement('RELEASE command').run();
      return result;
    } catch (error) {
      this.statement('ROLLBACK TO command').run();
      this.statement('RELEASE command').run();
      throw error;
    }
  }

  /** Makes all units since the last commit durable. */
  commit(): void {
    if (!this.#open) return;
    this.statement('COMMIT').run();
    this.#open = false;
  }

  /** Undoes all units since the last commit, after a commit that failed. */
  rollback(): void {
    this.#writes += 1;
    this.#open = false;
    if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
  }

  /** Writes what is pending and closes the file. */
  [Symbol.dispose](): void {
    if (!this.#sqlite.isOpen) return;
    this.commit();
    this.#statements.clear();
    this.#sqlite.close();
  }
}

/** A column that holds bytes, as a Buffer on the same memory. */
export function toBuffer(column: unknown): Buffer {
  if (!(column instanceof Uint8Array))
    throw new TypeError('the database file holds something else than bytes');
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}
