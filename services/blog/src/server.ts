import { isFault, untilReady } from '@tsmicro/dependency';
import { connectNats, hearEvents, openEventConsumer, openEventRelay } from '@tsmicro/micro';
import { openMongo } from '@tsmicro/mongo';
import { timeLeftMs } from '@tsmicro/network';
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

/** Where MongoDB is: one URL, or its parts. */
function databaseOf(config: Config) {
  if ('DB_URL' in config) return { url: config.DB_URL };
  return { host: config.DB_HOST, port: config.DB_PORT, user: config.DB_USER, password: config.DB_USER_PWD };
}

/**
 * Opens what the service needs, waiting for MongoDB and NATS for as long as it takes (Redis may be away), and
 * listens on HTTP and NATS. The signal ends the wait.
 */
export async function openServer(config: Config, opening: Opening): Promise<RunningService> {
  await using opened = new AsyncDisposableStack();
  const { logger, signal } = opening;
  const waiting = { logger, ...(signal === undefined ? {} : { signal }) };
  const readiness = new Readiness();
  const mongo = opened.use(
    await openMongo({
      ...databaseOf(config),
      database: config.DB_NAME,
      minPoolSize: Math.min(config.DB_MIN_POOL_SIZE, config.DB_MAX_POOL_SIZE),
      maxPoolSize: config.DB_MAX_POOL_SIZE,
      queryTimeoutMs: config.DB_QUERY_TIMEOUT_SEC * 1_000,
      applicationName: config.NATS_SERVICE_NAME,
      timeLeftMs,
      ...waiting,
    }),
  );
  const redis = opened.use(await openRedis({ ...redisOptions(config), logger }));
  const natsClient = opened.use(await connectNats({ ...natsOptions(config), ...waiting }));
  readiness.add(mongo);
  // Without them blogs are still read.
  readiness.add(natsClient, { required: false });
  readiness.add(redis, { required: false });
  const module = createModule({ mongo, redis, natsClient, readiness });
  const { stores, events, told, decisions, shared, heard, validationParsers } = module.getInstance();
  opened.use(decisions);
  const away = { name: 'MongoDB', retry: isFault, ...waiting };
  await untilReady(() => Promise.all(stores.map((store) => store.createIndexes())), away);
  const relay = opened.use(openEventRelay(natsClient, events, { logger }));
  events.onWritten(() => relay.nudge());
  const consumer = opened.use(
    openEventConsumer(natsClient, { name: `${config.NATS_SERVICE_NAME}-auth`, handlers: shared, logger }),
  );
  opened.adopt(hearEvents(natsClient, heard, { logger }), (listener) => listener.close());
  const description = 'Blogs: written, edited, published, read';
  const served = {
    module,
    natsClient,
    readiness,
    config,
    description,
    validationParsers,
    kept: { decisions },
    events: {
      sent: told,
      relay,
      consumers: [consumer],
      heard: heard.map(({ definition }) => definition),
    },
  };
  return await serve(opened, served, opening);
}
