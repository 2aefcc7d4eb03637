// The environment variables that services have in common, said once: each set is spread into the schema of a service.
import { Type } from '@tsmicro/schema';

const longestSec = 315_360_000;

/** Schemas of single variables, for those that a service has alone. */
export const variable = {
  text: (description: string) => Type.String({ description }),
  port: (description: string, byDefault: number) =>
    Type.Integer({ minimum: 0, maximum: 65_535, default: byDefault, description }),
  seconds: (description: string, byDefault: number) =>
    Type.Integer({ minimum: 1, maximum: longestSec, default: byDefault, description }),
} as const;

/** What every process is told: NODE_ENV, LOG_LEVEL, and where its metrics are to be had. */
export const processVariables = ({ metricsPort }: { metricsPort: number }) => ({
  NODE_ENV: Type.Enum(['development', 'test', 'production'], {
    default: 'development',
    description: 'development, test or production, which makes no seed data and refuses known secrets',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'fatal, error, warn, info, debug, trace or silent',
  }),
  METRICS_HOST: Type.String({ default: '127.0.0.1', description: 'address that the metrics are given at' }),
  METRICS_PORT: variable.port('port of the metrics, 0 for any free one', metricsPort),
});

/** Where a service listens. */
export const serverVariables = ({ port }: { port: number }) => ({
  SERVER_HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
  SERVER_PORT: variable.port('port to listen on, 0 for any free one', port),
});

/** The bounds of the pool of a database. */
export const poolVariables = ({ min, max }: { min: number; max: number }) => ({
  DB_MIN_POOL_SIZE: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: min,
    description: 'connections to the database that stay open',
  }),
  DB_MAX_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: max,
    description: 'most connections to the database',
  }),
  DB_QUERY_TIMEOUT_SEC: variable.seconds('longest time of a query in seconds; more than 3 counts as 3', 2),
});

/** Where Redis is; see {@link redisOptions}. */
export const redisVariables = {
  REDIS_HOST: variable.text('host of Redis'),
  REDIS_PORT: variable.port('port of Redis', 6_379),
  REDIS_PASSWORD: Type.Optional(variable.text('password of Redis, where it asks for one')),
  REDIS_DB: Type.Integer({
    minimum: 0,
    maximum: 15,
    default: 0,
    description: 'number of the database in Redis, 0 to 15',
  }),
};

/** Where NATS is; see {@link natsOptions}. Other services know this one by its name: there is no choice of it. */
export const natsVariables = ({ name }: { name: string }) => ({
  NATS_URL: variable.text('as in nats://127.0.0.1:4222, several separated by commas'),
  NATS_SERVICE_NAME: Type.String({
    pattern: `^${name}$`,
    default: name,
    description: `${name}, as the contract with other services says`,
  }),
  NATS_SERVICE_VERSION: Type.String({
    pattern: '^\\d+\\.\\d+\\.\\d+(-[\\w.-]+)?(\\+[\\w.-]+)?$',
    default: '1.0.0',
    description: 'semantic version, as in 1.0.0',
  }),
  ADVERTISED_HOST: Type.Optional(
    variable.text(
      'host of the address that discovery shows; by default SERVER_HOST, or where that is a wildcard the first of this machine',
    ),
  ),
  NATS_TIMEOUT_SEC: variable.seconds('longest wait for a reply in seconds; more than 2 counts as 2', 2),
});
