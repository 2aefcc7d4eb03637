import { createHandler, toStatus } from '../control/handler.ts';
import { ControlServer } from '../control/server.ts';
import type { Home } from '../home/home.ts';
import { endLeftovers, findLeftovers } from '../home/ledger.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import { checkGivenAddresses } from '../launcher/given-address.ts';
import { Launcher, type Shape } from '../launcher/launcher.ts';
import { PortBook } from '../launcher/port-book.ts';
import { missingPrograms } from '../launcher/server-starter.ts';
import { Terminal } from '../launcher/terminal.ts';
import { installPrograms } from '../servers/install.ts';
import { type Change, describeFiles, SourceWatch } from '../watch/source-watch.ts';
import { print, tellStarter } from './output.ts';
import { formatOverview } from './overview.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// A supervisor signals the whole group, and the bootstrap passes the same signal on: that is one wish, not two.
const sameWishMs = 1_000;

/** Resolves when somebody wants the stack to end; whoever asks twice is in a hurry. */
class EndWish {
  readonly wished: Promise<string>;
  #wish: (why: string) => void = () => {};
  #wishedAt: number | undefined;
  readonly #hurry: () => void;

  constructor(hurry: () => void) {
    this.#hurry = hurry;
    this.wished = new Promise((resolve) => {
      this.#wish = resolve;
    });
    for (const signal of signals) process.on(signal, () => this.say(signal));
  }

  say(why: string): void {
    this.#wish(why);
    this.#wishedAt ??= Date.now();
    if (Date.now() - this.#wishedAt > sameWishMs) this.#hurry();
  }
}

async function cleanUp(home: Home): Promise<void> {
  const leftovers = findLeftovers(home.ledgerFile);
  if (leftovers.length === 0) return;
  const names = leftovers.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  print(`The last run was killed and left ${names}: ending them first.`);
  await endLeftovers(leftovers);
}

/** What `npm start` was told. */
export interface StartOptions {
  /** The gateway's port, when not its usual one. */
  readonly port: number | undefined;
  /** Restart what is built on a file when that changes. */
  readonly watch: boolean;
  readonly shape: Shape;
}

/** Restarts the services that a change concerns; how each fares is told by its unit. */
function renew({ fleets }: Launcher, terminal: Terminal, { files, services, at }: Change): void {
  terminal.inform(`${describeFiles(files)} changed: restarting ${services.join(', ')}`);
  for (const name of services) {
    const restarted = fleets.get(name)?.renew(at);
    restarted?.catch((error: unknown) => terminal.warn(`${name} could not be restarted: ${String(error)}`));
  }
}

/** Runs the stack in this process until somebody wants it to end; the caller holds the lock. Gives the exit code. */
export async function runForeground(
  definition: StackDefinition,
  home: Home,
  { port, watch, shape }: StartOptions,
): Promise<number> {
  const startedAt = Date.now();
  checkGivenAddresses(definition.servers);
  await cleanUp(home);
  const ports = await PortBook.open(definition, port);
  const missing = missingPrograms(definition.servers);
  if (missing.length > 0) await installPrograms(missing, print);
  using terminal = new Terminal(home, print);
  using sources = watch ? new SourceWatch([definition.gateway, ...definition.services]) : undefined;
  const launcher = new Launcher(definition, home, terminal, shape);
  const end = new EndWish(() => void launcher.kill().catch(() => {}));
  const handler = createHandler(launcher, () => end.say('npm run stop'));
  await using _control = await ControlServer.open(home.controlFile, handler);
  print(`Starting ${definition.title} ...`);
  const started = launcher.start(ports);
  try {
    const why = await Promise.race([started.then(() => undefined), end.wished]);
    if (why === undefined) {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      print(`${definition.title} is ready after ${seconds} s.`);
      for (const line of formatOverview(definition, toStatus(launcher))) print(line);
      print(
        process.send ? 'It runs in the background: npm run status, logs, stop.' : 'Ctrl-C stops all of it.',
      );
      if (sources) print('Services are restarted when their files change.');
      terminal.showServices();
      sources?.begin((change) => renew(launcher, terminal, change));
      tellStarter({ ready: true });
    }
    print(`Stopping (${await end.wished}) ...`);
  } finally {
    started.catch(() => {});
    await launcher.stop();
  }
  print('Stopped.');
  return 0;
}
