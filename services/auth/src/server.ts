import { fileURLToPath } from 'node:url';
import { isFault, untilReady } from '@tsmicro/dependency';
import { connectNats, createRouter } from '@tsmicro/micro';
import { ConfigError, timeLeftMs } from '@tsmicro/network';
import { migrate, openPostgres } from '@tsmicro/postgres';
import { openRedis } from '@tsmicro/redis';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { type AuthInstance, AuthModule, readKeys } from './module.ts';

const migrations = fileURLToPath(new URL('../migrations', import.meta.url));
/** Long enough for the gateway to let go of its connections, short of what a person notices. */
const lingerMs = 1_000;
const closeDeadlineMs = 8_000;

/** A service that answers. */
export interface AuthServer extends AsyncDisposable {
  /** As in `http://127.0.0.1:8001`. */
  readonly address: string;
  /** Answers what runs, then closes everything in reverse order. Safe to call twice. */
  close(): Promise<void>;
}

/** In development the seed data is made, in production it must not be in force. */
async function settleSeeds(production: boolean, { users, apiKeys }: AuthInstance): Promise<void> {
  if (!production) {
    await Promise.all([users.plantSeed(), apiKeys.plantSeed()]);
    return;
  }
  const [user, apiKey] = await Promise.all([users.isSeedInForce(), apiKeys.isSeedInForce()]);
  const complaints = [
    ...(user
      ? ['  the seed account has its seed password: change the password or deactivate the account']
      : []),
    ...(apiKey ? ['  the seed API key is active: revoke it'] : []),
  ];
  if (complaints.length > 0) {
    throw new ConfigError(`NODE_ENV=production, but everybody knows a way in:\n${complaints.join('\n')}`);
  }
}

/**
 * Opens the service: reads the keys, migrates the database, connects and listens. Waits for PostgreSQL and NATS as long
 * as it takes, until `signal`; Redis may be away.
 * @throws {ConfigError | MigrationError} what has to be put right before a start
 */
export async function openServer(config: Config, logger: Logger, signal?: AbortSignal): Promise<AuthServer> {
  await using opened = new AsyncDisposableStack();
  const waiting = { logger, ...(signal === undefined ? {} : { signal }) };
  const keys = await readKeys(config);
  const database = {
    host: config.DB_HOST,
    port: config.DB_PORT,
    database: config.DB_NAME,
    user: config.DB_USER,
    password: config.DB_USER_PWD,
    ...waiting,
  };
  const away = { name: 'PostgreSQL', retry: isFault, ...waiting };
  await untilReady(() => migrate({ ...database, directory: migrations }), away);
  const postgres = opened.use(
    await openPostgres<unknown>({
      ...database,
      minPoolSize: Math.min(config.DB_MIN_POOL_SIZE, config.DB_MAX_POOL_SIZE),
      maxPoolSize: config.DB_MAX_POOL_SIZE,
      queryTimeoutMs: config.DB_QUERY_TIMEOUT_SEC * 1_000,
      applicationName: config.NATS_SERVICE_NAME,
      timeLeftMs,
    }),
  );
  const redis = opened.use(
    await openRedis({
      host: config.REDIS_HOST,
      port: config.REDIS_PORT,
      password: config.REDIS_PASSWORD,
      db: config.REDIS_DB,
      logger,
    }),
  );
  const natsClient = opened.use(
    await connectNats({
      natsUrl: config.NATS_URL,
      natsServiceName: config.NATS_SERVICE_NAME,
      natsServiceVersion: config.NATS_SERVICE_VERSION,
      timeoutMs: config.NATS_TIMEOUT_SEC * 1_000,
      ...waiting,
    }),
  );
  const module = new AuthModule({ config, keys, postgres, redis });
  await untilReady(() => settleSeeds(config.NODE_ENV === 'production', module.getInstance()), away);
  const router = createRouter({ natsClient, logger, description: 'Users, sessions and API keys' });
  opened.defer(() => router.close({ lingerMs, deadlineMs: closeDeadlineMs }));
  router.loadRootMiddlewares(module.rootMiddlewares());
  router.loadControllers(module.controllers());
  const address = await router.start({ host: config.SERVER_HOST, port: config.SERVER_PORT });
  signal?.throwIfAborted();
  const held = opened.move();
  const close = () => held.disposeAsync();
  return { address, close, [Symbol.asyncDispose]: close };
}
