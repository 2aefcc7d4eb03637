import { fileURLToPath } from 'node:url';
import { isFault, untilReady } from '@tsmicro/dependency';
import { connectNats, hearEvents, openEventRelay } from '@tsmicro/micro';
import { ConfigError, timeLeftMs } from '@tsmicro/network';
import { migrate, openPostgres } from '@tsmicro/postgres';
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
import {
  type AuthInstance,
  AuthModule,
  openDecisionNotices,
  readKeys,
  readPasswordDemands,
} from './module.ts';

const migrations = fileURLToPath(new URL('../migrations', import.meta.url));

/** In development the seed data is made, in production it must not be in force; keys that were given away are made in both. */
async function settleSeeds(
  { NODE_ENV, API_KEY_GRANTS: grants }: Config,
  { users, apiKeys }: AuthInstance,
): Promise<void> {
  if (NODE_ENV === 'production') await refuseSeeds(grants, { users, apiKeys });
  else await Promise.all([users.plantSeed(), apiKeys.plantSeed()]);
  await apiKeys.plantGrants(grants);
}

async function refuseSeeds(
  grants: string,
  { users, apiKeys }: Pick<AuthInstance, 'users' | 'apiKeys'>,
): Promise<void> {
  const [user, apiKey] = await Promise.all([users.isSeedInForce(), apiKeys.isSeedInForce(grants)]);
  const complaints = [
    ...(user ? ['  the seed account has its seed password: change it, or deactivate the account'] : []),
    ...(apiKey ? ['  the seed API key is active, or given by API_KEY_GRANTS: revoke it'] : []),
  ];
  if (complaints.length > 0) {
    const advice = 'deploy/README.md says how, under "From development to production"';
    throw new ConfigError(
      `NODE_ENV=production, but everybody knows a way in:\n${complaints.join('\n')}\n${advice}`,
    );
  }
}

/**
 * Opens the service: reads the keys, migrates the database, connects and listens. Waits for PostgreSQL and NATS as long
 * as it takes, until the signal; Redis may be away.
 * @throws {ConfigError | MigrationError} what has to be put right before a start
 */
export async function openServer(config: Config, opening: Opening): Promise<RunningService> {
  await using opened = new AsyncDisposableStack();
  const { logger, signal } = opening;
  const waiting = { logger, ...(signal === undefined ? {} : { signal }) };
  const readiness = new Readiness();
  const keys = await readKeys(config, {
    onError: (error) => logger.error({ err: error }, 'the keys for tokens could not be read again'),
    onChange: (kids) => logger.info({ kids }, 'other keys for tokens'),
  });
  const { rules: passwordRules, formats: validationParsers } = await readPasswordDemands(config);
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
  const redis = opened.use(await openRedis({ ...redisOptions(config), logger }));
  const natsClient = opened.use(await connectNats({ ...natsOptions(config), ...waiting }));
  const notices = opened.use(await openDecisionNotices(natsClient));
  opened.adopt(keys.watch(), () => keys.close());
  readiness.add(postgres);
  // Without them sign-in and profiles still work.
  readiness.add(natsClient, { required: false });
  readiness.add(redis, { required: false });
  const module = new AuthModule({ config, passwordRules, keys, notices, postgres, redis, readiness });
  await untilReady(() => settleSeeds(config, module.getInstance()), away);
  const { events, told, heard } = module.getInstance();
  // Before events are told: what another instance left untold by its end is heard here.
  opened.adopt(hearEvents(natsClient, heard, { logger }), (listener) => listener.close());
  const relay = opened.use(openEventRelay(natsClient, events, { logger }));
  events.onWritten(() => relay.nudge());
  const description = 'Users, sessions and API keys';
  const served = {
    module,
    natsClient,
    readiness,
    config,
    description,
    validationParsers,
    events: { sent: told, relay },
  };
  const running = await serve(opened, served, opening);
  return { ...running, reload: () => keys.reread() };
}
