import { isFault, untilReady } from '@tsmicro/dependency';
import { connectNats, createRouter } from '@tsmicro/micro';
import { openMongo } from '@tsmicro/mongo';
import { timeLeftMs } from '@tsmicro/network';
import { openRedis } from '@tsmicro/redis';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { createModule } from './module.ts';

const longestWaitMs = 2_000;
const closing = { lingerMs: 1_000, deadlineMs: 8_000 };

/** A blog service that answers. */
export interface Server extends AsyncDisposable {
  /** As in `http://127.0.0.1:8002`. */
  readonly address: string;
  /** Lets running requests end, then closes everything in reverse order. Safe to call twice. */
  close(): Promise<void>;
}

/** Where MongoDB is: one URL, or its parts. */
function databaseOf(config: Config) {
  if ('DB_URL' in config) return { url: config.DB_URL };
  return { host: config.DB_HOST, port: config.DB_PORT, user: config.DB_USER, password: config.DB_USER_PWD };
}

/**
 * Opens what the service needs, waiting for MongoDB and NATS for as long as it takes (Redis may be away), and
 * listens on HTTP and NATS. `signal` ends the wait.
 */
export async function openServer(config: Config, logger: Logger, signal?: AbortSignal): Promise<Server> {
  await using opening = new AsyncDisposableStack();
  const waiting = { logger, ...(signal ? { signal } : {}) };
  const mongo = opening.use(
    await openMongo({
      ...databaseOf(config),
      database: config.DB_NAME,
      minPoolSize: Math.min(config.DB_MIN_POOL_SIZE, config.DB_MAX_POOL_SIZE),
      maxPoolSize: config.DB_MAX_POOL_SIZE,
      queryTimeoutMs: Math.min(config.DB_QUERY_TIMEOUT_SEC * 1_000, longestWaitMs),
      applicationName: config.NATS_SERVICE_NAME,
      timeLeftMs,
      ...waiting,
    }),
  );
  const redis = opening.use(
    await openRedis({
      host: config.REDIS_HOST,
      port: config.REDIS_PORT,
      password: config.REDIS_PASSWORD,
      db: config.REDIS_DB,
      logger,
    }),
  );
  const natsClient = opening.use(
    await connectNats({
      natsUrl: config.NATS_URL,
      natsServiceName: config.NATS_SERVICE_NAME,
      natsServiceVersion: config.NATS_SERVICE_VERSION,
      timeoutMs: Math.min(config.NATS_TIMEOUT_SEC * 1_000, longestWaitMs),
      ...waiting,
    }),
  );
  const module = createModule({ mongo, redis, natsClient });
  const away = { name: 'MongoDB', retry: isFault, ...waiting };
  await untilReady(() => module.getInstance().blogStore.createIndexes(), away);
  const router = createRouter({ natsClient, description: 'Blogs: written, edited, published, read', logger });
  router.loadRootMiddlewares(module.rootMiddlewares());
  router.registerValidationParsers(module.getInstance().validationParsers);
  router.loadControllers(module.controllers());
  opening.defer(() => router.close(closing));
  const address = await router.start({ host: config.SERVER_HOST, port: config.SERVER_PORT });
  const opened = opening.move();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= opened.disposeAsync();
    return closed;
  };
  return { address, close, [Symbol.asyncDispose]: close };
}
