import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GenerateError } from './errors.ts';
import type { Project } from './project.ts';

/** New files and new texts of files: done all together, or not at all. */
export class ChangeSet {
  readonly #project: Project;
  readonly #created = new Map<string, string>();
  readonly #edited = new Map<string, string>();

  constructor(project: Project) {
    this.#project = project;
  }

  /** The paths of everything that will be new, and that will be changed. */
  get created(): string[] {
    return [...this.#created.keys()].sort();
  }

  get edited(): string[] {
    return [...this.#edited.keys()].sort();
  }

  create(path: string, text: string): void {
    this.#created.set(path, text);
  }

  /** Changes a file, which may have been created or changed by this set before. @throws what `change` throws */
  edit(path: string, change: (text: string) => string): void {
    const created = this.#created.get(path);
    if (created !== undefined) this.#created.set(path, change(created));
    else this.#edited.set(path, change(this.#edited.get(path) ?? this.#project.read(path)));
  }

  /** The texts that files will have, by their paths. */
  get texts(): ReadonlyMap<string, string> {
    return new Map([...this.#created, ...this.#edited]);
  }

  /** @throws {GenerateError} naming everything that would be overwritten; what writing throws, and then nothing has changed */
  apply(): void {
    const taken = this.created.filter((path) => this.#project.has(path));
    if (taken.length > 0) {
      throw new GenerateError(`there is already:\n  ${taken.join('\n  ')}`);
    }
    const undo: (() => void)[] = [];
    try {
      const renames = [...this.#created, ...this.#edited].map(([path, text]) =>
        this.#writeAside(path, text, undo),
      );
      for (const rename of renames) rename();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
  }

  /** Writes the text beside its place; gives the step that puts it there. */
  #writeAside(path: string, text: string, undo: (() => void)[]): () => void {
    const file = join(this.#project.root, path);
    const aside = `${file}.new`;
    const folder = mkdirSync(dirname(file), { recursive: true });
    // The topmost folder that had to be made.
    if (folder !== undefined) undo.push(() => rmSync(folder, { recursive: true, force: true }));
    // Nobody else's file is written to, or taken away.
    const handle = openSync(aside, 'wx');
    undo.push(() => rmSync(aside, { force: true }));
    try {
      writeFileSync(handle, text);
    } finally {
      closeSync(handle);
    }
    const before = existsSync(file) ? this.#project.read(path) : undefined;
    return () => {
      undo.push(() => (before === undefined ? rmSync(file, { force: true }) : writeFileSync(file, before)));
      renameSync(aside, file);
    };
  }
}
