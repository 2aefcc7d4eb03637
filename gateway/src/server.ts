import { listen } from '@tsmicro/network';
import { type Opening, openSightPost, type RunningService } from '@tsmicro/service';
import { hearRevocations } from './apikey/revocation-event.ts';
import type { Config } from './config.ts';
import { servicesToDiscover } from './declaration/declaration.ts';
import { DeclarationFile } from './declaration/declaration-file.ts';
import { DeclarationError } from './declaration/errors.ts';
import { Discovery } from './discovery/discovery.ts';
import { HttpServer } from './http1/server.ts';
import { createGatewayModule, pluginKinds } from './module.ts';
import { TrustedPeers } from './proxy/trusted-peers.ts';
import { HostMapError } from './upstream/errors.ts';
import { parseHostMap } from './upstream/host-map.ts';
import { InstanceBook } from './upstream/instance-book.ts';

/** What a gateway is opened with. */
export type GatewayOptions = Pick<
  Config,
  | 'environment'
  | 'SERVER_HOST'
  | 'SERVER_PORT'
  | 'KONG_CONFIG'
  | 'HOST_MAP'
  | 'DOCS'
  | 'RATE_LIMIT'
  | 'RATE_LIMIT_CLIENT_PER_MIN'
  | 'TRUSTED_IPS'
  | 'NATS_SERVICE_NAME'
  | 'NATS_SERVICE_VERSION'
> & { NATS_URL?: string | undefined; ADVERTISED_HOST?: string | undefined };

/** An open gateway. */
export interface Gateway extends RunningService {
  /** Reads the declaration again; resolves once it is in force, or, when it is wrong, once that is logged. */
  reload(): Promise<void>;
  /**
   * Answers what still comes with `connection: close` for `lingerMs` (default 500) or until the clients have gone,
   * stops listening, waits for running requests (at most 8 s in all), closes the connections to the services.
   */
  close(options?: { lingerMs?: number }): Promise<void>;
}

const usualLingerMs = 500;
const closeDeadlineMs = 8_000;
/** With the first request instances are known, where NATS is there to tell. */
const discoveryPatienceMs = 500;

/** Whether an error of {@link openGateway} says all that an operator needs to put right. */
export const isComplaint = (error: unknown): boolean =>
  error instanceof DeclarationError || error instanceof HostMapError;

/** Reads the declaration and opens a gateway. @throws {DeclarationError | HostMapError} and what listening throws */
export async function openGateway(
  options: GatewayOptions,
  { logger, metrics, metricsUrl, sight, beforeListening }: Opening,
): Promise<Gateway> {
  await using opened = new AsyncDisposableStack();
  const hostMap = parseHostMap(options.HOST_MAP);
  const file = opened.use(
    await DeclarationFile.open(options.KONG_CONFIG, pluginKinds, options.environment, logger),
  );
  const instances = new InstanceBook();
  const module = createGatewayModule(file.declaration, {
    hostMap,
    instances,
    logger,
    docs: options.DOCS === 'on',
    rateLimit: options.RATE_LIMIT === 'on',
    clientPerMin: options.RATE_LIMIT_CLIENT_PER_MIN,
    peers: new TrustedPeers(options.TRUSTED_IPS),
  });
  opened.defer(() => module.close());
  if (metrics !== undefined) module.show(metrics);
  // Before memory is given back, which takes longer than Redis may.
  await module.opened();
  let follow: (services: readonly string[]) => void = () => undefined;
  let show: (address: string) => void = () => undefined;
  if (options.NATS_URL !== undefined) {
    const discovery = new Discovery(instances, servicesToDiscover(file.declaration), {
      natsUrl: options.NATS_URL,
      natsServiceName: options.NATS_SERVICE_NAME,
      natsServiceVersion: options.NATS_SERVICE_VERSION,
      logger,
      attach: (client, opening) => {
        hearRevocations(client, opening, { revocations: module.revocations, logger });
        if (sight !== undefined) opening.adopt(openSightPost(client, sight), (post) => post.close());
      },
    });
    opened.defer(() => discovery.close());
    follow = (services) => discovery.follow(services);
    show = (address) => {
      const unseen = (error: unknown) =>
        logger.warn({ err: error }, 'this gateway is not shown by discovery');
      discovery.show({ address, metricsUrl, advertisedHost: options.ADVERTISED_HOST }).catch(unseen);
    };
    await discovery.settled(discoveryPatienceMs);
  }
  file.onChange((declaration) => {
    follow(servicesToDiscover(declaration));
    module.load(declaration);
  });
  const http = new HttpServer(module.listener, module.refusals);
  beforeListening?.();
  const at = { host: options.SERVER_HOST, port: options.SERVER_PORT };
  const address = await listen(http.server, at, logger);
  show(address);
  const held = opened.move();
  let closing: Promise<void> | undefined;
  const close = ({ lingerMs = usualLingerMs } = {}) => {
    closing ??= http.close({ lingerMs, deadlineMs: closeDeadlineMs }).then(() => held.disposeAsync());
    return closing;
  };
  return { address, close, reload: () => file.read(), [Symbol.asyncDispose]: () => close() };
}
