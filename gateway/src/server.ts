import { createServerEdge, listen, type ServerEdge } from '@tsmicro/network';
import type { Opening, RunningService } from '@tsmicro/service';
import type { Config } from './config.ts';
import { readDeclaration } from './declaration/declaration.ts';
import { DeclarationError } from './declaration/errors.ts';
import { createGatewayModule, type GatewayModule, pluginKinds } from './module.ts';
import { HostMapError } from './upstream/errors.ts';
import { parseHostMap } from './upstream/host-map.ts';

/** What a gateway is opened with. */
export type GatewayOptions = Pick<
  Config,
  'SERVER_HOST' | 'SERVER_PORT' | 'KONG_CONFIG' | 'HOST_MAP' | 'DOCS' | 'RATE_LIMIT'
>;

/** An open gateway. */
export interface Gateway extends RunningService {
  /**
   * Answers what still comes with `connection: close` for `lingerMs` (default 500) or until the clients have gone,
   * stops listening, waits for running requests (at most 8 s in all), closes the connections to the services.
   */
  close(options?: { lingerMs?: number }): Promise<void>;
}

const usualLingerMs = 500;
const closeDeadlineMs = 8_000;

/** Lets a request that waits for "100 Continue" in before it is sent: most answers need no body. */
function deferContinue({ server }: ServerEdge): void {
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
}

async function closeAll(edge: ServerEdge, module: GatewayModule, lingerMs: number): Promise<void> {
  await edge.close({ lingerMs, deadlineMs: closeDeadlineMs });
  await module.close();
}

/** Whether an error of {@link openGateway} says all that an operator needs to put right. */
export const isComplaint = (error: unknown): boolean =>
  error instanceof DeclarationError || error instanceof HostMapError;

/** Reads the declaration and opens a gateway. @throws {DeclarationError | HostMapError} and what listening throws */
export async function openGateway(
  options: GatewayOptions,
  { logger, metrics, beforeListening }: Opening,
): Promise<Gateway> {
  const hostMap = parseHostMap(options.HOST_MAP);
  const declaration = await readDeclaration(options.KONG_CONFIG, pluginKinds);
  const module = createGatewayModule(declaration, hostMap, logger, {
    docs: options.DOCS === 'on',
    rateLimit: options.RATE_LIMIT === 'on',
  });
  if (metrics !== undefined) module.show(metrics);
  const edge = createServerEdge(module.listener, { refusals: module.refusals });
  deferContinue(edge);
  beforeListening?.();
  const at = { host: options.SERVER_HOST, port: options.SERVER_PORT };
  const address = await listen(edge.server, at, logger);
  let closing: Promise<void> | undefined;
  const close = ({ lingerMs = usualLingerMs } = {}) => {
    closing ??= closeAll(edge, module, lingerMs);
    return closing;
  };
  return { address, close, [Symbol.asyncDispose]: () => close() };
}
