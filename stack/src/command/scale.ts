import { parseCounts, UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';
import { requireRunning } from './running.ts';

/** `npm run scale` */
export const scale: Command = {
  usage: 'npm run scale -- NAME=N...',
  summary: 'so many instances of a service: new ones are started, or the youngest end politely',
  options: {},
  maxWords: Number.POSITIVE_INFINITY,
  async run(definition, { words }) {
    const counts = parseCounts(
      words.flatMap((word) => word.split(',')),
      definition.services.map(({ name }) => name),
    );
    if (counts.size === 0) throw new UsageError('say how many of which, as in blog=4');
    const client = await requireRunning(definition);
    for (const [name, count] of counts) print((await client.scale(name, count)).message);
    return 0;
  },
};
