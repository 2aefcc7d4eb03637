import type { Launcher } from '../launcher/launcher.ts';
import type { Unit } from '../launcher/unit.ts';
import { memoryBytes } from '../process/memory.ts';
import {
  type ProcessStatus,
  type Reply,
  type ServiceAction,
  type Status,
  serviceActions,
} from './protocol.ts';
import type { ControlHandler } from './server.ts';

function toProcessStatus(unit: Unit, url: string | undefined): ProcessStatus {
  const { name, state, pid, restarts, startedAt } = unit;
  return {
    name,
    state,
    restarts,
    startedAt,
    memoryBytes: pid === undefined ? 0 : memoryBytes(pid),
    ...(pid !== undefined && { pid }),
    ...(url !== undefined && { url }),
  };
}

/** The launcher and all it runs, at this moment. */
export function toStatus(launcher: Launcher): Status {
  const given = Object.entries(launcher.urls)
    .filter(([name]) => !launcher.units.has(name))
    .map(([name, url]) => ({ name, state: 'external', url, restarts: 0, startedAt: 0, memoryBytes: 0 }));
  const urls: Readonly<Record<string, string>> = launcher.urls;
  // A server's own URL is the superuser's: shown is the one that services use.
  const ours = [...launcher.units.values()].map((unit) => toProcessStatus(unit, urls[unit.name] ?? unit.url));
  return { state: launcher.state, pid: process.pid, processes: [...ours, ...given] };
}

async function act(unit: Unit, action: ServiceAction): Promise<Reply> {
  const { name, pid, state } = unit;
  switch (action) {
    case 'kill':
      if (pid === undefined) return { message: `${name} does not run (${state})` };
      await unit.kill();
      return { message: `${name} (pid ${pid}) was killed; the stack starts it again` };
    case 'stop':
      await unit.stop();
      return { message: `${name} is stopped until: npm run service -- start ${name}` };
    case 'start':
      if (state !== 'stopped' && state !== 'failed') return { message: `${name} runs already (${state})` };
      await unit.start();
      return { message: `${name} is started (pid ${unit.pid})` };
  }
}

/** Answers the commands of control/protocol.ts; `stop` is called for /stop, and the answer does not wait for it. */
export function createHandler(launcher: Launcher, stop: () => void): ControlHandler {
  return async (method, [first = '', second = '', third = '']) => {
    if (method === 'GET' && first === 'status') return [200, toStatus(launcher)];
    if (method === 'POST' && first === 'stop') {
      stop();
      return [202, { message: 'stopping' }];
    }
    const action = serviceActions.find((known) => known === second);
    if (method !== 'POST' || first !== 'service' || action === undefined) {
      return [404, { message: 'no such command' }];
    }
    const name = decodeURIComponent(third);
    const unit = launcher.units.get(name);
    if (unit) return [200, await act(unit, action)];
    const known = [...launcher.units.keys()].join(', ');
    const why = name in launcher.urls ? 'was given by its address and is not ours to end' : 'is unknown';
    return [400, { message: `${name} ${why}; there are ${known}` }];
  };
}
