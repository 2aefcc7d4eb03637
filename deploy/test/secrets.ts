import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', 'make-secrets.sh');

/** Makes the secrets that a folder does not have yet. */
export async function makeSecrets(dir: string): Promise<void> {
  await run(script, [dir]);
}

/** A folder of secrets, as an operator makes them; removed afterwards. */
export async function openSecrets(): Promise<AsyncDisposable & { dir: string }> {
  const home = await mkdtemp(join(tmpdir(), 'tsmicro-secrets-'));
  const dir = join(home, 'secrets');
  await makeSecrets(dir);
  return { dir, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) };
}
