import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..', '..');
const timeoutMs = 180_000;
const installed = join('node_modules', '.package-lock.json');

/** What a command printed, stdout and stderr, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A tree of hard links: as good as a copy where files are replaced and never written to, and done in a second. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}

/** The files that git keeps or would keep. */
async function sources(): Promise<string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** This project with its packages installed, in a folder of its own: what is done to it is gone with it. */
export class ProjectCopy implements AsyncDisposable {
  readonly root: string;

  private constructor(folder: string) {
    this.root = folder;
  }

  static async make(): Promise<ProjectCopy> {
    // Not in the temporary folder of the system, which may be another device: hard links do not reach there.
    const copy = new ProjectCopy(mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'tsmicro-copy-')));
    for (const file of await sources()) {
      mkdirSync(dirname(copy.path(file)), { recursive: true });
      cpSync(join(root, file), copy.path(file));
    }
    copy.#linkPackages();
    return copy;
  }

  path(file: string): string {
    return join(this.root, file);
  }

  /** Runs a command in it, as a person would in a fresh terminal. */
  async run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const bin = this.path('node_modules/.bin');
    // Servers that the test runner has started are not this project's.
    const { NATS_URL, POSTGRES_URL, REDIS_URL, MONGO_URL, NODE_TEST_CONTEXT, ...inherited } = process.env;
    const env = { ...inherited, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1', ...environment };
    const options = { cwd: this.root, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
    return await promisify(execFile)(command, [...args], options).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code: Number(code ?? 1), output: `${stdout}${stderr}` }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  #linkPackages(): void {
    linkTree(join(root, 'node_modules'), this.path('node_modules'));
    for (const cache of ['.cache', '.package-lock.json'])
      rmSync(this.path(join('node_modules', cache)), { recursive: true, force: true });
    // npm writes into this one.
    cpSync(join(root, installed), this.path(installed));
    utimesSync(this.path(installed), new Date(), new Date());
  }
}
