import type { Command } from './command.ts';
import { print } from './output.ts';
import { requireRunning } from './running.ts';

/** `npm run restart` */
export const restart: Command = {
  usage: 'npm run restart -- [NAME...]',
  summary: 'restarts all services, or those named, one instance after the other: no request is lost',
  options: {},
  maxWords: Number.POSITIVE_INFINITY,
  async run(definition, { words }) {
    const client = await requireRunning(definition);
    const names = words.length > 0 ? words : definition.services.map(({ name }) => name);
    for (const name of names) print((await client.restart(name)).message);
    return 0;
  },
};
