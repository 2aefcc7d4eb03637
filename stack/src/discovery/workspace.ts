import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

const Manifest = Type.Object({
  name: Type.String(),
  dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
});

interface Package {
  readonly folder: string;
  readonly dependencies: readonly string[];
}

/** The folders in which the packages of this project are. */
const rooms = ['packages/*', 'contracts/*', 'services/*', 'sites/*', 'gateway'];

function readManifest(file: string): Static<typeof Manifest> | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Check(Manifest, content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Which package of this project is built on which, by the `dependencies` of their package.json files. */
export class Workspace {
  readonly #root: string;
  readonly #packages = new Map<string, Package>();

  /** Reads every package.json that is there now; what is no package yet is left out. */
  constructor(root: string) {
    this.#root = root;
    for (const path of globSync(
      rooms.map((room) => `${room}/package.json`),
      { cwd: root },
    )) {
      const file = join(root, path);
      const manifest = readManifest(file);
      if (manifest === undefined) continue;
      const dependencies = Object.keys(manifest.dependencies ?? {});
      this.#packages.set(manifest.name, { folder: dirname(file), dependencies });
    }
  }

  /** The folder of this package and those of all packages of the project that it is built on, however deep. */
  foldersBehind(folder: string): string[] {
    const start = [...this.#packages].find(([, known]) => known.folder === folder)?.[0];
    const found = new Set(start === undefined ? [] : [start]);
    // A set that grows while it is walked is walked to its new end.
    for (const name of found) {
      for (const dependency of this.#packages.get(name)?.dependencies ?? []) {
        if (this.#packages.has(dependency)) found.add(dependency);
      }
    }
    return [...found].flatMap((name) => this.#packages.get(name)?.folder ?? []);
  }

  /** The services whose contracts the package in this folder is itself built on. */
  contractsOf(folder: string): string[] {
    const own = [...this.#packages.values()].find((known) => known.folder === folder);
    const contracts = join(this.#root, 'contracts');
    const folders = (own?.dependencies ?? []).flatMap((name) => this.#packages.get(name)?.folder ?? []);
    return folders.filter((known) => dirname(known) === contracts).map((known) => basename(known));
  }
}
