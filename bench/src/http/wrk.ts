import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'request.lua');
/** Beyond the duration that was asked for. */
const patienceMs = 10_000;

/** How many connections keep a request under way each. */
export const connections = 64;

/** What a load came to. */
export interface HttpLoad {
  requests: number;
  durationUs: number;
  p50Us: number;
  p99Us: number;
  errors: number;
}

/** What is sent over and over. */
export interface WrkRequest {
  url: string;
  method: 'GET' | 'POST';
  body?: string;
  seconds: number;
}

/** @throws with the way to get it when wrk is missing */
export async function requireWrk(): Promise<void> {
  try {
    // It prints its version and ends with 1 whatever it is asked.
    await run('wrk', ['--version']);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') {
      throw new Error(
        'The load over HTTP comes from wrk, which was not found: apt-get install wrk or brew install wrk',
      );
    }
  }
}

/** Loads a server from a process of its own, with one thread. */
export async function wrk({ url, method, body, seconds }: WrkRequest): Promise<HttpLoad> {
  const given = body === undefined ? [method] : [method, body];
  // wrk takes whole seconds, or whole minutes and hours.
  const duration = `${Math.ceil(seconds)}s`;
  const args = ['-t1', `-c${connections}`, `-d${duration}`, '-s', script, url, '--', ...given];
  const { stdout } = await run('wrk', args, { timeout: seconds * 1_000 + patienceMs });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
