import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GenerateError } from './errors.ts';

/** Where a service keeps its data. */
export type Store = 'postgres' | 'mongo' | 'none';
export const stores: readonly Store[] = ['postgres', 'mongo', 'none'];

/** A package.json in the parts that matter here. */
export interface Manifest {
  name: string;
  version: string;
  tsmicro?: { port: number; needs?: string[] };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const firstPort = 8_003;

/** The project that is generated into: what there is already. */
export class Project {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** @throws {GenerateError} when it is not there */
  read(path: string): string {
    if (!this.has(path)) throw new GenerateError(`${path} is missing: is this the root of the project?`);
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** The package.json of a folder; undefined when it has none. */
  manifest(folder: string): Manifest | undefined {
    const path = `${folder}/package.json`;
    return this.has(path) ? (JSON.parse(this.read(path)) as Manifest) : undefined;
  }

  /** Folders of `services/` that are services of the stack. */
  services(): string[] {
    return readdirSync(join(this.root, 'services')).filter(
      (name) => this.manifest(`services/${name}`)?.tsmicro !== undefined,
    );
  }

  /** What a service is built on. @throws {GenerateError} when there is no such service */
  needsOf(service: string): readonly string[] {
    const declared = this.manifest(`services/${service}`)?.tsmicro;
    if (declared === undefined)
      throw new GenerateError(`there is no service ${service}; there are ${this.services().join(', ')}`);
    return declared.needs ?? [];
  }

  /** Port to the service, or the site, that has declared it. */
  ports(): Map<number, string> {
    const folders = globSync('{services,sites}/*', { cwd: this.root });
    return new Map(
      folders.flatMap((folder) => {
        const port = this.manifest(folder)?.tsmicro?.port;
        return port === undefined ? [] : [[port, basename(folder)]];
      }),
    );
  }

  /** The lowest port above the first services' that nobody has declared. */
  freePort(): number {
    const taken = this.ports();
    let port = firstPort;
    while (taken.has(port)) port++;
    return port;
  }

  /** The names of all packages of the project, with their folders. */
  packages(): Map<string, string> {
    const folders = globSync('{packages,contracts,services,sites}/*', { cwd: this.root }).concat(
      'gateway',
      'stack',
    );
    return new Map(
      folders.flatMap((folder) => {
        const name = this.manifest(folder)?.name;
        return name === undefined ? [] : [[name, folder]];
      }),
    );
  }

  /** The version that a package has here: of the project's own, or as installed. */
  versionOf(name: string): string {
    const folder = this.packages().get(name) ?? `node_modules/${name}`;
    const version = this.manifest(folder)?.version;
    if (version === undefined) throw new GenerateError(`${name} is not installed: npm install`);
    return version;
  }

  /** These packages with their versions, in the order of their names. */
  dependencies(...names: string[]): Record<string, string> {
    return Object.fromEntries(names.sort().map((name) => [name, this.versionOf(name)]));
  }
}
