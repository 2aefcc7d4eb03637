import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const maxBytes = 5 * 1024 * 1024;

/** The raw lines of one child on disk; at 5 MiB the file becomes NAME.log.1 and a new one begins. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  #handle: number;
  #bytes: number;
  #open = true;

  constructor(path: string, limitBytes = maxBytes) {
    this.#path = path;
    this.#maxBytes = limitBytes;
    this.#handle = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#handle).size;
  }

  /**
   * Appends one line; nothing once the file is closed: a child's last words may come late.
   * @throws Error when the line cannot be written; the next one may be
   */
  write(line: string): void {
    if (!this.#open) return;
    const bytes = Buffer.from(`${line}\n`);
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#maxBytes) this.#rotate();
    this.#bytes += writeSync(this.#handle, bytes);
  }

  #rotate(): void {
    const old = this.#handle;
    // An earlier try may have come as far as this.
    if (existsSync(this.#path)) renameSync(this.#path, `${this.#path}.1`);
    this.#handle = openSync(this.#path, 'a', 0o600);
    closeSync(old);
    this.#bytes = 0;
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#handle);
    this.#open = false;
  }
}
