import type { StackDefinition } from '../launcher/definition.ts';
import { findPort, portFree } from '../servers/port.ts';

/** The person has to choose another port. */
export class PortTakenError extends Error {}

/** Service name to port, for the work and for the metrics. */
export interface ChosenPorts {
  readonly ports: Readonly<Record<string, number>>;
  readonly metricsPorts: Readonly<Record<string, number>>;
}

/** Each wish in its turn, so that no free port is found twice. */
async function findPorts(wishes: readonly (readonly [string, number])[], taken: Set<number>) {
  const found: Record<string, number> = {};
  for (const [name, usual] of wishes) {
    let port = await findPort(usual);
    while (taken.has(port)) port = await findPort();
    taken.add(port);
    found[name] = port;
  }
  return found;
}

/**
 * Ports for each service: its usual ones when they are free, else free ones; for the gateway the wanted one.
 * @throws PortTakenError when the gateway's port is in use
 */
export async function choosePorts(
  { gateway, services }: StackDefinition,
  wanted: number | undefined,
): Promise<ChosenPorts> {
  const gatewayPort = wanted ?? gateway.usualPort;
  if (!(await portFree(gatewayPort))) {
    throw new PortTakenError(
      `Port ${gatewayPort}, which the gateway would take, is in use by another program. ` +
        `Choose another one: npm start -- --port ${await findPort(8080)}`,
    );
  }
  const taken = new Set([gatewayPort]);
  const ports = await findPorts(
    services.map(({ name, usualPort }) => [name, usualPort]),
    taken,
  );
  const metricsPorts = await findPorts(
    [gateway, ...services].map(({ name, usualMetricsPort }) => [name, usualMetricsPort]),
    taken,
  );
  return { ports: { [gateway.name]: gatewayPort, ...ports }, metricsPorts };
}
