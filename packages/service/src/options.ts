import type { NatsOptions } from '@tsmicro/micro';

/** What `openRedis` is given, out of the variables of a service. */
export function redisOptions(config: {
  REDIS_HOST: string;
  REDIS_PORT: number;
  REDIS_PASSWORD?: string;
  REDIS_DB: number;
}) {
  return {
    host: config.REDIS_HOST,
    port: config.REDIS_PORT,
    password: config.REDIS_PASSWORD,
    db: config.REDIS_DB,
  };
}

/** What `connectNats` is given, out of the variables of a service. */
export function natsOptions(config: {
  NATS_URL: string;
  NATS_SERVICE_NAME: string;
  NATS_SERVICE_VERSION: string;
  NATS_TIMEOUT_SEC: number;
}): NatsOptions {
  return {
    natsUrl: config.NATS_URL,
    natsServiceName: config.NATS_SERVICE_NAME,
    natsServiceVersion: config.NATS_SERVICE_VERSION,
    timeoutMs: config.NATS_TIMEOUT_SEC * 1_000,
  };
}
