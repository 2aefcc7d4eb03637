import { randomUUID } from 'node:crypto';
import type { Exchange } from '../proxy/exchange.ts';
import type { GeneratorName } from './settings.ts';

/** Makes the id of a request that came without one. */
export type Generator = (exchange: Exchange) => string;

function createCounter(): Generator {
  const processId = randomUUID();
  let last = 0;
  return () => `${processId}#${++last}`;
}

/** Kong's form: address, port, process, the connection's number, the request's on it, seconds of the day's clock. */
function createTracker(): Generator {
  const connections = new WeakMap<object, { number: number; requests: number }>();
  let lastNumber = 0;
  return ({ request: { connection } }) => {
    const count = connections.get(connection) ?? { number: ++lastNumber, requests: 0 };
    connections.set(connection, count);
    count.requests++;
    const { localAddress, localPort } = connection;
    const seconds = (Date.now() / 1_000).toFixed(3);
    return [localAddress, localPort, process.pid, count.number, count.requests, seconds].join('-');
  };
}

/** The generator of this name, with a memory of its own. */
export function createGenerator(name: GeneratorName): Generator {
  if (name === 'uuid') return () => randomUUID();
  return name === 'tracker' ? createTracker() : createCounter();
}
