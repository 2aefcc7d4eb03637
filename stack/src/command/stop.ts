import { existsSync } from 'node:fs';
import { Home } from '../home/home.ts';
import { endLeftovers, findLeftovers } from '../home/ledger.ts';
import { Lock } from '../home/lock.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';
import { findRunning, stopRunning } from './running.ts';

/** Stops what runs, or ends what a killed launcher left; says what it did. */
export async function stopEverything(definition: StackDefinition): Promise<void> {
  const home = new Home(definition.home);
  if (!existsSync(home.path)) return print(`${definition.title} does not run.`);
  using lock = Lock.take(home.lockFile);
  if (!lock) {
    print(`Stopping ${definition.title} ...`);
    await stopRunning(await findRunning(home));
    return print('Stopped.');
  }
  const leftovers = findLeftovers(home.ledgerFile);
  await endLeftovers(leftovers);
  const names = leftovers.map(({ name }) => name).join(', ');
  print(names === '' ? `${definition.title} does not run.` : `Ended what a killed run had left: ${names}.`);
}

/** `npm run stop` */
export const stop: Command = {
  usage: 'npm run stop',
  summary: 'stops everything, in order; data stays',
  options: {},
  maxWords: 0,
  async run(definition) {
    await stopEverything(definition);
    return 0;
  },
};
