import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections (Linux 32768.., macOS 49152..):
// while a killed server is away, no client can be handed its port by chance.
const lowestPort = 20_000;
const highestPort = 32_000;
const tries = 50;
const probeTimeoutMs = 500;
const pollMs = 25;

export const loopback = '127.0.0.1';

function canBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether anything accepts a TCP connection there within half a second. */
export function accepts(port: number, host = loopback): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: probeTimeoutMs });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(true));
  });
}

/** Whether a server could listen there now: nobody answers, and the address can be bound. */
export async function portFree(port: number, host = loopback): Promise<boolean> {
  // Both questions: on macOS a bind to 127.0.0.1 succeeds beside a server on 0.0.0.0.
  return !(await accepts(port, host)) && (await canBind(port, host));
}

/** The usual port if it is given and free, else a free one between 20000 and 32000. */
export async function findPort(usual?: number, host = loopback): Promise<number> {
  if (usual !== undefined && (await portFree(usual, host))) return usual;
  for (let i = 0; i < tries; i++) {
    const port = randomInt(lowestPort, highestPort);
    if (await portFree(port, host)) return port;
  }
  throw new Error(`no free port found on ${host} between ${lowestPort} and ${highestPort}`);
}

/** Waits for a port to become free: the socket of a process that was just killed may live a moment longer. */
export async function waitForFreePort(port: number, host = loopback, timeoutMs = 5_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await portFree(port, host))) {
    if (Date.now() > deadline)
      throw new Error(
        `port ${port} on ${host} is in use by another program: end that, or start again for another port`,
      );
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
