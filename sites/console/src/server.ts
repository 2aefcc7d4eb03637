import { connectNats } from '@tsmicro/micro';
import { openRedis } from '@tsmicro/redis';
import {
  natsOptions,
  type Opening,
  Readiness,
  type RunningService,
  redisOptions,
  serve,
} from '@tsmicro/service';
import type { Config } from './config.ts';
import { createModule } from './module.ts';

/**
 * Opens what the site needs, waiting for NATS for as long as it takes (Redis and the gateway may be away), and listens.
 * The signal ends the wait, and the streams to those who watch.
 */
export async function openServer(config: Config, opening: Opening): Promise<RunningService> {
  await using opened = new AsyncDisposableStack();
  const { logger, signal } = opening;
  const waiting = { logger, ...(signal === undefined ? {} : { signal }) };
  const readiness = new Readiness();
  const redis = opened.use(await openRedis({ ...redisOptions(config), logger }));
  const natsClient = opened.use(await connectNats({ ...natsOptions(config), ...waiting }));
  // Without them a page says so, which a balancer could not.
  readiness.add(natsClient, { required: false });
  readiness.add(redis, { required: false });
  const module = await createModule({ config, redis, natsClient, readiness, logger, signal });
  const { mount, watch } = module.getInstance();
  opened.use(watch);
  const description = 'The pages that show the running system';
  const served = { module, mount, natsClient, readiness, config, description, kind: 'site' } as const;
  return await serve(opened, served, opening);
}
