import { connectNats, type NatsClient } from '@tsmicro/micro';
import { pino } from 'pino';
import { parseEnvironment } from '../src/config.ts';
import { openServer } from '../src/server.ts';

// #if postgres

import { startNats, startPostgres } from '@tsmicro/stack';

// #elif mongo

// import { startMongo, startNats } from '@tsmicro/stack';

// #else

// import { startNats } from '@tsmicro/stack';

// #end
// #if redis

// import { startRedis } from '@tsmicro/stack';

// #end

/** What the service answered. */
export interface Answer {
  status: number;
  body: { code: string; message: string; data?: unknown };
}

/** The service in this process, on servers of its own, with a client for each way in. */
export interface Fixture extends AsyncDisposable {
  /** Another service's connection. */
  natsClient: NatsClient;
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** Starts servers and service; they end with the fixture. */
export async function openFixture(): Promise<Fixture> {
  await using opening = new AsyncDisposableStack();
  const nats = opening.use(await startNats());
  const environment: Record<string, string> = {
    SERVER_PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    NATS_URL: nats.url,
  };
  // #if postgres
  const postgres = opening.use(await startPostgres({ durable: false }));
  const { hostname, port, username, password, pathname } = new URL(postgres.url);
  Object.assign(environment, {
    DB_HOST: hostname,
    DB_PORT: port,
    DB_NAME: pathname.slice(1),
    DB_USER: username,
    DB_USER_PWD: password,
  });
  // #elif mongo
  // const mongo = opening.use(await startMongo());
  // Object.assign(environment, { DB_URL: mongo.url, DB_NAME: 'sample-room-test' });
  // #end
  // #if redis
  // const redis = opening.use(await startRedis());
  // Object.assign(environment, { REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) });
  // #end
  const config = parseEnvironment(environment);
  const server = opening.use(await openServer(config, { logger: pino({ level: config.LOG_LEVEL }) }));
  const other = { natsUrl: nats.url, natsServiceName: 'test', natsServiceVersion: '1.0.0' };
  const natsClient = opening.use(await connectNats(other));
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${server.address}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  const opened = opening.move();
  return { natsClient, ask, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
