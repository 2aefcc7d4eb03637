// The embedded gateway as a process of its own, which loads a declaration as it does for an operator: the file is
// written, then it gets a SIGHUP.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pluginKinds } from '../../../src/module.ts';
import type { GatewayUnderTest } from '../harness/gateway.ts';
import { until } from '../harness/until.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const emptyDeclaration = '_format_version: "3.0"\nservices: []\n';
const startsWithinMs = 20_000;
const stopsWithinMs = 10_000;

/** Reads lines of its log until one says where it listens. */
async function readAddress(child: ChildProcess, log: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the gateway did not start')), startsWithinMs);
  child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${log.join('\n')}`)));
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue;
    createInterface(output).on('line', (line) => {
      log.push(line);
      const [, address] = /"address":"([^"]+)".*is ready/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  }
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
  await exited;
  clearTimeout(timer);
}

/** Opens the embedded gateway on a free port. */
export async function openEmbedded(): Promise<GatewayUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const file = join(directory, 'kong.yml');
  await writeFile(file, emptyDeclaration);
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      SERVER_PORT: '0',
      METRICS_PORT: '0',
      KONG_CONFIG: file,
      RATE_LIMIT_CLIENT_PER_MIN: '1000000',
    },
  });
  // Also when the tests are stopped in the middle.
  process.once('exit', () => child.kill('SIGKILL'));
  const log: string[] = [];
  const baseUrl = await readAddress(child, log).catch(async (error: unknown) => {
    await end(child);
    await rm(directory, { recursive: true });
    throw error;
  });
  const load = async (declaration: string) => {
    // Whoever watches the file never reads half of it.
    await writeFile(`${file}.new`, declaration);
    await rename(`${file}.new`, file);
    child.kill('SIGHUP');
  };
  return {
    name: 'embedded',
    baseUrl,
    serverHost: '127.0.0.1',
    severalProcesses: false,
    plugins: new Set(pluginKinds.map(({ name }) => name)),
    load,
    async refuse(declaration, complaint) {
      const before = log.length;
      await load(declaration);
      const complains = (line: string) => line.includes('configuration is wrong') && complaint.test(line);
      await until(`${complaint} in the log`, () => log.slice(before).some(complains));
    },
    async residentBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(directory, { recursive: true });
    },
  };
}
