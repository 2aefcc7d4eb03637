import { Home } from '../home/home.ts';
import { Lock } from '../home/lock.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import type { Shape } from '../launcher/launcher.ts';
import { type Arguments, parseCounts, parsePort } from './arguments.ts';
import type { Command } from './command.ts';
import { startDetached } from './detach.ts';
import { runForeground } from './foreground.ts';
import { print } from './output.ts';
import { formatOverview } from './overview.ts';
import { findRunning, waitForStart } from './running.ts';

async function tellRunning(definition: StackDefinition, home: Home): Promise<number> {
  const { title } = definition;
  // Whoever starts it in the background counts on all being ready.
  const client = process.send ? await waitForStart(home, title) : await findRunning(home);
  const status = await client.status();
  if (status.state === 'starting') {
    print(`${title} is still starting (pid ${client.pid}); nothing else was started.`);
    print('npm run status shows how far it is, npm run stop ends it.');
    return 0;
  }
  if (status.state === 'stopping')
    throw new Error(`${title} is just stopping (pid ${client.pid}): start it again once it has ended`);
  print(`${title} already runs (pid ${client.pid}, ${status.state}); nothing was started.`);
  for (const line of formatOverview(definition, status)) print(line);
  print('npm run status shows more, npm run stop ends it.');
  return 0;
}

const balancedCount = 2;

function parseShape(
  { services }: StackDefinition,
  flags: Arguments['flags'],
  texts: Arguments['texts'],
): Shape {
  const names = services.map(({ name }) => name);
  const scale = texts.get('scale');
  const counts = scale === undefined ? new Map<string, number>() : parseCounts(scale.split(','), names);
  const balanced = flags.has('balanced');
  // One is enough to look from.
  const doubled = balanced ? services.filter(({ observes }) => !observes) : [];
  for (const { name } of doubled) counts.set(name, counts.get(name) ?? balancedCount);
  return { balanced: balanced || scale !== undefined, counts, natsCluster: flags.has('nats-cluster') };
}

/** `npm start` */
export const start: Command = {
  usage: 'npm start -- [--port N] [--balanced] [--scale NAME=N,...] [--nats-cluster] [--watch] [--detach]',
  summary: 'starts servers, services and gateway, and installs what is missing',
  options: {
    port: { type: 'string', short: 'p', summary: 'the port of the gateway (8000)' },
    watch: {
      type: 'boolean',
      short: 'w',
      summary: 'restarts a service when files that it is built on change',
    },
    balanced: { type: 'boolean', summary: 'two instances of each service behind the gateway' },
    scale: { type: 'string', summary: 'so many instances of a service, as in auth=2,blog=3' },
    'nats-cluster': { type: 'boolean', summary: 'three NATS servers instead of one' },
    detach: { type: 'boolean', short: 'd', summary: 'returns when all is ready; npm run stop ends it' },
  },
  maxWords: 0,
  async run(definition, { flags, texts }) {
    const portText = texts.get('port');
    const port = portText === undefined ? undefined : parsePort(portText);
    const options = { port, watch: flags.has('watch'), shape: parseShape(definition, flags, texts) };
    const home = new Home(definition.home);
    if (flags.has('detach')) return await startDetached(home, options);
    // Files of ours are for our eyes; PostgreSQL sets its own.
    process.umask(0o077);
    home.open();
    using lock = Lock.take(home.lockFile);
    return lock ? await runForeground(definition, home, options) : await tellRunning(definition, home);
  },
};
