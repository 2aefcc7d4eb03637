import { unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';
import type { PluginKind } from '../plugin/plugin.ts';
import { type Declaration, readDeclaration } from './declaration.ts';
import { DeclarationError } from './errors.ts';
import type { Environment } from './vault.ts';

/** How soon a change of the file is noticed; asked of its name, as what stands under it may be replaced whole. */
const pollMs = 500;

/** A declaration in a file, which is read again whenever the file changes; one that is wrong leaves the old in force. */
export class DeclarationFile implements Disposable {
  readonly #path: string;
  readonly #kinds: readonly PluginKind[];
  readonly #environment: Environment;
  readonly #logger: Logger;
  #declaration: Declaration;
  #listener: ((declaration: Declaration) => void) | undefined;
  #reading: Promise<void> = Promise.resolve();
  readonly #changed = () => void this.read();

  private constructor(
    path: string,
    kinds: readonly PluginKind[],
    environment: Environment,
    logger: Logger,
    declaration: Declaration,
  ) {
    this.#path = path;
    this.#kinds = kinds;
    this.#environment = environment;
    this.#logger = logger;
    this.#declaration = declaration;
    watchFile(path, { interval: pollMs, persistent: false }, this.#changed);
  }

  /** Reads the file for the first time. @throws {DeclarationError} with every complaint */
  static async open(
    path: string,
    kinds: readonly PluginKind[],
    environment: Environment,
    logger: Logger,
  ): Promise<DeclarationFile> {
    const declaration = await readDeclaration(path, kinds, environment);
    return new DeclarationFile(path, kinds, environment, logger, declaration);
  }

  /** The one in force. */
  get declaration(): Declaration {
    return this.#declaration;
  }

  /** Who puts a new declaration into force. */
  onChange(listener: (declaration: Declaration) => void): void {
    this.#listener = listener;
  }

  /** Reads the file again, one reading after the other; what is wrong with it is logged. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  [Symbol.dispose](): void {
    unwatchFile(this.#path, this.#changed);
  }

  async #read(): Promise<void> {
    try {
      const declaration = await readDeclaration(this.#path, this.#kinds, this.#environment);
      this.#listener?.(declaration);
      this.#declaration = declaration;
      this.#logger.info({ file: this.#path }, 'the new configuration is in force');
    } catch (error) {
      const complaints = error instanceof DeclarationError ? error.complaints : undefined;
      this.#logger.error(
        { err: error, complaints },
        'the new configuration is wrong: the old one stays in force',
      );
    }
  }
}
