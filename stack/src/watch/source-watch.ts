import { dirname, relative, sep } from 'node:path';
import type { ServiceDefinition } from '../launcher/definition.ts';
import { FolderWatch } from './folder-watch.ts';
import { SourceTree } from './source-tree.ts';

/** A save is several events, and saving all files of an editor is many: they are one change when they follow this close. */
const quietMs = 60;
const longestMs = 500;

/** Sources that changed together, and the services that are built on them. */
export interface Change {
  readonly files: readonly string[];
  readonly services: readonly string[];
  /** When the first sign of it came, by `performance.now`. */
  readonly at: number;
}

/** "services/blog/src/list/store.ts and 2 more". */
export function describeFiles(files: readonly string[]): string {
  const [first = '', ...others] = files.map((file) => relative('', file)).sort();
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Watches the sources of services, and tells of each change which services it concerns. */
export class SourceWatch implements Disposable {
  readonly #services: readonly ServiceDefinition[];
  readonly #folders: FolderWatch;
  readonly #tree: SourceTree;
  #tell: ((change: Change) => void) | undefined;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Keeps in mind how the sources are now. @throws Error when the system cannot watch them */
  constructor(services: readonly ServiceDefinition[]) {
    this.#services = services;
    this.#folders = new FolderWatch(() => this.#stir());
    const sources = [...new Set(services.flatMap((service) => service.sources))];
    // A folder that is replaced as a whole is seen from the one it stands in.
    for (const source of sources) this.#folders.add(dirname(source));
    this.#tree = new SourceTree(sources, (folder) => this.#folders.add(folder));
  }

  /** From now on changes are told, first of all those that came since the watch began. */
  begin(tell: (change: Change) => void): void {
    this.#tell = tell;
    this.#stir();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#tell = undefined;
    this.#folders[Symbol.dispose]();
  }

  #stir(): void {
    if (this.#tell === undefined) return;
    this.#since ??= performance.now();
    const waitMs = Math.max(0, Math.min(quietMs, this.#since + longestMs - performance.now()));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), waitMs);
  }

  #look(): void {
    const at = this.#since ?? performance.now();
    this.#since = undefined;
    const files = this.#tree.changes();
    const concerned = this.#services.filter(({ sources }) =>
      files.some((file) => sources.some((source) => file.startsWith(source + sep))),
    );
    if (concerned.length > 0) this.#tell?.({ files, services: concerned.map(({ name }) => name), at });
  }
}
