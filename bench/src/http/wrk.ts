import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasProgram } from '../command/program.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'request.lua');
/** Beyond the duration that was asked for. */
const patienceMs = 10_000;

/** How many connections keep a request under way each, where nothing else is said. */
export const usualConnections = 64;

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
  headers?: Readonly<Record<string, string>>;
  seconds: number;
  /** @default usualConnections */
  connections?: number;
}

/** @throws with the way to get it when wrk is missing */
export function requireWrk(): void {
  if (hasProgram('wrk', '--version')) return;
  throw new Error(
    'The load over HTTP comes from wrk, which was not found: apt-get install wrk or brew install wrk',
  );
}

/** Loads a server from a process of its own, with one thread. */
export async function wrk(request: WrkRequest): Promise<HttpLoad> {
  const { url, method, body, headers = {}, seconds, connections = usualConnections } = request;
  const given = body === undefined ? [method] : [method, body];
  // wrk takes whole seconds, or whole minutes and hours.
  const duration = `${Math.ceil(seconds)}s`;
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t1', `-c${connections}`, `-d${duration}`, ...sent, '-s', script, url, '--', ...given];
  const { stdout } = await run('wrk', args, { timeout: seconds * 1_000 + patienceMs });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
