import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServerEdge, type ServerEdge, whenPortFree } from '@tsmicro/network';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { readDeclaration } from './declaration/declaration.ts';
import { createGatewayModule, type GatewayModule, pluginKinds } from './module.ts';
import { parseHostMap } from './upstream/host-map.ts';

/** What a gateway is opened with. */
export type GatewayOptions = Pick<Config, 'SERVER_HOST' | 'SERVER_PORT' | 'KONG_CONFIG' | 'HOST_MAP'>;

/** An open gateway. */
export interface Gateway extends AsyncDisposable {
  /** As in `http://127.0.0.1:8000`. */
  readonly url: string;
  /**
   * Answers what still comes with `connection: close` for `lingerMs` (default 500) or until the clients have gone,
   * stops listening, waits for running requests (at most 8 s in all), closes the connections to the services.
   */
  close(options?: { lingerMs?: number }): Promise<void>;
}

const usualLingerMs = 500;
const closeDeadlineMs = 8_000;

async function listen({ server }: ServerEdge, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

/** Lets a request that waits for "100 Continue" in before it is sent: most answers need no body. */
function deferContinue({ server }: ServerEdge): void {
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
}

async function closeAll(edge: ServerEdge, module: GatewayModule, lingerMs: number): Promise<void> {
  await edge.close({ lingerMs, deadlineMs: closeDeadlineMs });
  await module.close();
}

/** Reads the declaration and opens a gateway. @throws {DeclarationError | HostMapError} and what listening throws */
export async function openGateway(options: GatewayOptions, logger: Logger): Promise<Gateway> {
  const hostMap = parseHostMap(options.HOST_MAP);
  const declaration = await readDeclaration(options.KONG_CONFIG, pluginKinds);
  const module = createGatewayModule(declaration, hostMap, logger);
  const edge = createServerEdge(module.listener);
  deferContinue(edge);
  const url = await whenPortFree(
    options.SERVER_PORT,
    () => listen(edge, options.SERVER_HOST, options.SERVER_PORT),
    logger,
  );
  let closing: Promise<void> | undefined;
  const close = ({ lingerMs = usualLingerMs } = {}) => {
    closing ??= closeAll(edge, module, lingerMs);
    return closing;
  };
  return { url, close, [Symbol.asyncDispose]: () => close() };
}
