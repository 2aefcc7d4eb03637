import { connectNats, openServiceWatch, type ServiceInstance } from '@tsmicro/micro';
import type { Opening, RunningService } from '@tsmicro/service';
import { showDependencies } from '@tsmicro/telemetry';
import { DeclarationError } from '../declaration/errors.ts';
import { KongAdmin } from './admin-api.ts';
import type { Config } from './config.ts';
import { readKongFile } from './kong-file.ts';
import { Synchronizer, type SyncTimes } from './synchronizer.ts';

/** What it is opened with. */
export type KongSyncOptions = Pick<Config, 'NATS_URL' | 'KONG_CONFIG' | 'KONG_ADMIN_URL'> &
  Partial<SyncTimes>;

/** Whether an error of {@link openKongSync} says all that an operator needs to put right. */
export const isComplaint = (error: unknown): boolean => error instanceof DeclarationError;

function addressesOf(instances: readonly ServiceInstance[]): string[] {
  return instances.flatMap(({ http }) => (http === undefined ? [] : [http.slice('http://'.length)]));
}

/**
 * Follows the instances of the services that the file tags, and keeps Kong at it. Its `address` is that of Kong's Admin
 * API: it serves nothing itself.
 * @throws {DeclarationError} for a file that cannot be used
 */
export async function openKongSync(
  { NATS_URL, KONG_CONFIG, KONG_ADMIN_URL, ...times }: KongSyncOptions,
  { logger, metrics, signal, beforeListening }: Opening,
): Promise<RunningService> {
  const file = await readKongFile(KONG_CONFIG);
  await using opened = new AsyncDisposableStack();
  // The user of NATS that may watch every service is the gateway's, whichever gateway that is.
  const natsClient = opened.use(
    await connectNats({
      natsUrl: NATS_URL,
      natsServiceName: 'gateway',
      natsServiceVersion: '1.0.0',
      logger,
      ...(signal && { signal }),
    }),
  );
  const synchronizer = new Synchronizer({
    ...times,
    admin: new KongAdmin(KONG_ADMIN_URL),
    read: () => readKongFile(KONG_CONFIG),
    file,
    onServices: (services) => watch.setNames(services),
    logger,
  });
  const watch = opened.use(
    await openServiceWatch(natsClient, {
      names: file.services,
      onChange: (service, instances) => synchronizer.set(service, addressesOf(instances)),
      logger,
    }),
  );
  opened.defer(() => synchronizer.close());
  if (metrics !== undefined) {
    showDependencies(metrics, [natsClient, synchronizer]);
    metrics.collect(synchronizer.posts.metric, () => synchronizer.posts.samples());
  }
  beforeListening?.();
  signal?.throwIfAborted();
  synchronizer.start();
  const held = opened.move();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= held.disposeAsync();
    return closing;
  };
  return { address: KONG_ADMIN_URL, close, [Symbol.asyncDispose]: close };
}
