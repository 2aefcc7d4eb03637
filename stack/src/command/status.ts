import { existsSync } from 'node:fs';
import { ControlClient } from '../control/client.ts';
import type { ProcessStatus } from '../control/protocol.ts';
import { Home } from '../home/home.ts';
import { findLeftovers } from '../home/ledger.ts';
import { withoutPassword } from '../launcher/given-address.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';
import { formatTable } from './table.ts';

const notRunning = 1;

function uptime(startedAt: number): string {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function toRow({ name, state, pid, memoryBytes, startedAt, restarts, url }: ProcessStatus): string[] {
  const running = pid !== undefined;
  return [
    name,
    state,
    running ? String(pid) : '',
    running ? `${Math.round(memoryBytes / 1024 / 1024)} MB` : '',
    running ? uptime(startedAt) : '',
    String(restarts),
    url === undefined ? '' : withoutPassword(url),
  ];
}

/** `npm run status`: exit code 0 while the stack runs, 1 when it does not. */
export const status: Command = {
  usage: 'npm run status',
  summary: 'shows each process: state, pid, memory, age, restarts, address; exit code 1 when nothing runs',
  options: {},
  maxWords: 0,
  async run(definition) {
    const home = new Home(definition.home);
    const client = existsSync(home.path) ? await ControlClient.find(home.controlFile) : undefined;
    if (!client) {
      print(`${definition.title} does not run.`);
      for (const { name, pid } of findLeftovers(home.ledgerFile)) {
        print(`  ${name} (pid ${pid}) was left by a killed run: npm run stop ends it.`);
      }
      return notRunning;
    }
    const { state, pid, processes } = await client.status();
    print(`${definition.title}: ${state} (pid ${pid})`);
    const head = ['name', 'state', 'pid', 'memory', 'up', 'restarts', 'address'];
    for (const line of formatTable([head, ...processes.map(toRow)])) print(line);
    return 0;
  },
};
