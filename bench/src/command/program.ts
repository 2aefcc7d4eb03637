import { spawnSync } from 'node:child_process';

/** Whether a program is on PATH: it is started with these arguments, however it then ends. */
export function hasProgram(name: string, ...args: string[]): boolean {
  return spawnSync(name, args, { stdio: 'ignore' }).error === undefined;
}
