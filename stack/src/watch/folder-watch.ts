import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { isSource } from './source-tree.ts';

/** Folders cannot be watched: the message says why, and what helps. */
function explain(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const help =
    code === 'ENOSPC' || code === 'EMFILE'
      ? 'raise fs.inotify.max_user_watches and max_user_instances, or '
      : '';
  return new Error(`The sources cannot be watched (${message}): ${help}start without --watch`, {
    cause: error,
  });
}

/**
 * Tells when something happens in some folders. Each folder is watched by itself: node's recursive watch on Linux follows
 * every file by its inode, and hears no more of one that an editor has replaced by renaming (seen with Node 24.21).
 */
export class FolderWatch implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #notify: () => void;

  constructor(notify: () => void) {
    this.#notify = notify;
  }

  /** Watches this folder too; nothing when it is watched or has gone. @throws Error when the system watches no more */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => this.#hear(folder, name));
      watcher.on('error', () => this.#drop(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw explain(error);
    }
  }

  [Symbol.dispose](): void {
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  #hear(folder: string, name: string | null): void {
    // So a folder says that it was removed or renamed itself; one that takes its place is to be watched anew.
    if (name === basename(folder)) this.#drop(folder);
    if (name === null || isSource(name)) this.#notify();
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
