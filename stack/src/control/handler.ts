import type { Fleet } from '../launcher/fleet.ts';
import { maxInstances } from '../launcher/instance.ts';
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

type Answer = readonly [status: number, body: Reply];

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

/** In the order in which they came to be, the instances of one service together. */
function inOrder(units: readonly Unit[]): readonly Unit[] {
  const serviceOf = ({ name }: Unit) => name.replace(/-\d+$/, '');
  const services = [...new Set(units.map(serviceOf))];
  const placeOf = (unit: Unit) => services.indexOf(serviceOf(unit));
  return units.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}

/** The launcher and all it runs, at this moment. */
export function toStatus(launcher: Launcher): Status {
  const given = Object.entries(launcher.urls)
    .filter(([name]) => !launcher.units.has(name))
    .map(([name, url]) => ({ name, state: 'external', url, restarts: 0, startedAt: 0, memoryBytes: 0 }));
  const urls: Readonly<Record<string, string>> = launcher.urls;
  // A database server's own URL is the superuser's: shown is the one that services use. Of NATS each server has its own.
  const ours = inOrder([...launcher.units.values()]).map((unit) =>
    toProcessStatus(unit, unit.name === 'nats' ? unit.url : (urls[unit.name] ?? unit.url)),
  );
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

function unknown(name: string, why: string, known: Iterable<string>): readonly [number, Reply] {
  return [400, { message: `${name} ${why}; there are ${[...known].join(', ')}` }];
}

async function actOn(launcher: Launcher, action: ServiceAction, name: string): Promise<Answer> {
  const unit = launcher.units.get(name);
  if (unit) return [200, await act(unit, action)];
  const why = name in launcher.urls ? 'was given by its address and is not ours to end' : 'is unknown';
  return unknown(name, why, launcher.units.keys());
}

async function scale(fleet: Fleet, name: string, count: number): Promise<Reply> {
  const before = fleet.instances.length;
  await fleet.scale(count);
  const instances = `${name} has ${count === 1 ? '1 instance' : `${count} instances`}`;
  return { message: before === count ? `${instances} already` : `${instances}, and had ${before}` };
}

async function restart(fleet: Fleet, name: string): Promise<Reply> {
  const startedAt = performance.now();
  const count = await fleet.restart();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const what =
    count === 1 ? 'with another in its place meanwhile' : `${count} instances, one after the other`;
  return { message: count === 0 ? `${name} is stopped` : `${name} was restarted, ${what}: ${seconds} s` };
}

/** What is done with all instances of a service. */
async function actOnFleet(
  launcher: Launcher,
  name: string,
  action: (fleet: Fleet) => Promise<Reply>,
): Promise<Answer> {
  const { gateway, services } = launcher.definition;
  const names = services.map((service) => service.name);
  const fleet = names.includes(name) ? launcher.fleets.get(name) : undefined;
  if (!fleet) return unknown(name, name === gateway.name ? 'is the one way in' : 'is no service', names);
  if (launcher.state !== 'ready')
    return [409, { message: `the stack is ${launcher.state}: try again when it is ready` }];
  return [200, await action(fleet)];
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
    if (method === 'POST' && first === 'service' && action)
      return await actOn(launcher, action, decodeURIComponent(third));
    const name = decodeURIComponent(second);
    const count = Number(third);
    if (method === 'POST' && first === 'scale' && count >= 1 && count <= maxInstances)
      return await actOnFleet(launcher, name, (fleet) => scale(fleet, name, count));
    if (method === 'POST' && first === 'restart')
      return await actOnFleet(launcher, name, (fleet) => restart(fleet, name));
    return [404, { message: 'no such command' }];
  };
}
