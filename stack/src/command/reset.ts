import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Home } from '../home/home.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';
import { stopEverything } from './stop.ts';

async function confirmed(path: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('reset removes all data: say so with --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Remove ${path} with all data, keys and logs? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** `npm run reset` */
export const reset: Command = {
  usage: 'npm run reset -- [--yes]',
  summary: 'stops everything and removes all data, keys and logs, after asking',
  options: { yes: { type: 'boolean', short: 'y', summary: 'does not ask' } },
  maxWords: 0,
  async run(definition, { flags }) {
    const home = new Home(definition.home);
    if (!existsSync(home.path)) {
      print('There is nothing to remove.');
      return 0;
    }
    if (!flags.has('yes') && !(await confirmed(home.path))) {
      print('Nothing was removed.');
      return 1;
    }
    await stopEverything(definition);
    home.remove();
    print(`Removed ${home.path}.`);
    return 0;
  },
};
