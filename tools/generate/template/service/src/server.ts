import { connectNats } from '@tsmicro/micro';
import { natsOptions, type Opening, Readiness, type RunningService, serve } from '@tsmicro/service';
import type { Config } from './config.ts';
import { createModule } from './module.ts';

// #if postgres

import { fileURLToPath } from 'node:url';
import { isFault, untilReady } from '@tsmicro/dependency';
import { timeLeftMs } from '@tsmicro/network';
import { migrate, openPostgres } from '@tsmicro/postgres';

// #elif mongo

// import { isFault, untilReady } from '@tsmicro/dependency';
// import { openMongo } from '@tsmicro/mongo';
// import { timeLeftMs } from '@tsmicro/network';

// #end

// #if postgres
const migrations = fileURLToPath(new URL('../migrations', import.meta.url));

// #end
/** Opens the service: waits for what it needs as long as it takes, until the signal, and listens on HTTP and NATS. */
export async function openServer(config: Config, opening: Opening): Promise<RunningService> {
  await using opened = new AsyncDisposableStack();
  const { logger, signal } = opening;
  const waiting = { logger, ...(signal === undefined ? {} : { signal }) };
  const readiness = new Readiness();
  // #if postgres
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
  readiness.add(postgres);
  // #elif mongo
  // const mongo = opened.use(
  //   await openMongo({
  //     url: config.DB_URL,
  //     database: config.DB_NAME,
  //     minPoolSize: Math.min(config.DB_MIN_POOL_SIZE, config.DB_MAX_POOL_SIZE),
  //     maxPoolSize: config.DB_MAX_POOL_SIZE,
  //     queryTimeoutMs: config.DB_QUERY_TIMEOUT_SEC * 1_000,
  //     applicationName: config.NATS_SERVICE_NAME,
  //     timeLeftMs,
  //     ...waiting,
  //   }),
  // );
  // readiness.add(mongo);
  // #end
  const natsClient = opened.use(await connectNats({ ...natsOptions(config), ...waiting }));
  // Without it HTTP is still answered.
  readiness.add(natsClient, { required: false });
  // #if postgres
  const module = createModule({ postgres, readiness });
  // #elif mongo
  // const module = createModule({ mongo, readiness });
  // const { stores } = module.getInstance();
  // const away = { name: 'MongoDB', retry: isFault, ...waiting };
  // await untilReady(() => Promise.all(stores.map((store) => store.createIndexes())), away);
  // #else
  // const module = createModule({ readiness });
  // #end
  const description = 'Rare stones: created, read, listed, deleted';
  return await serve(opened, { module, natsClient, readiness, config, description }, opening);
}
