import type { StackDefinition } from '../launcher/definition.ts';
import { findPort, portFree } from '../servers/port.ts';

/** The person has to choose another port. */
export class PortTakenError extends Error {}

/**
 * A port for each service: its usual one when that is free, else a free one; for the gateway the wanted one.
 * @throws PortTakenError when the gateway's port is in use
 */
export async function choosePorts(
  definition: StackDefinition,
  wanted: number | undefined,
): Promise<Record<string, number>> {
  const { gateway, services } = definition;
  const gatewayPort = wanted ?? gateway.usualPort;
  if (!(await portFree(gatewayPort))) {
    throw new PortTakenError(
      `Port ${gatewayPort}, which the gateway would take, is in use by another program. ` +
        `Choose another one: npm start -- --port ${await findPort(8080)}`,
    );
  }
  const chosen = await Promise.all(
    services.map(async ({ name, usualPort }) => [name, await findPort(usualPort)] as const),
  );
  return { [gateway.name]: gatewayPort, ...Object.fromEntries(chosen) };
}
