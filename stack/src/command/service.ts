import { serviceActions } from '../control/protocol.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';
import { requireRunning } from './running.ts';

/** `npm run service` */
export const service: Command = {
  usage: 'npm run service -- kill|stop|start NAME',
  summary: 'kill: SIGKILL, and the stack starts it again; stop: it stays stopped until start',
  options: {},
  maxWords: 2,
  async run(definition, { words }) {
    const [verb, name] = words;
    const action = serviceActions.find((known) => known === verb);
    if (action === undefined) throw new UsageError(`say what to do: ${serviceActions.join(', ')}`);
    if (name === undefined) throw new UsageError(`say which process to ${action}`);
    const client = await requireRunning(definition);
    print((await client.service(action, name)).message);
    return 0;
  },
};
