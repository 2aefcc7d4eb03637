import { existsSync } from 'node:fs';
import { ControlClient } from '../control/client.ts';
import { serviceActions } from '../control/protocol.ts';
import { Home } from '../home/home.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';

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
    const home = new Home(definition.home);
    const client = existsSync(home.path) ? await ControlClient.find(home.controlFile) : undefined;
    if (!client) throw new Error(`${definition.title} does not run.`);
    print((await client.service(action, name)).message);
    return 0;
  },
};
