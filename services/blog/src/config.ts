import { parseConfig } from '@tsmicro/network';
import Type from 'typebox';

const text = (description: string) => Type.String({ description });
const port = (standard: number) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: standard, description: 'a port number' });
const count = (standard: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000, default: standard, description });

const shared = {
  SERVER_HOST: Type.String({ default: '127.0.0.1', description: 'the address to listen on' }),
  SERVER_PORT: port(8002),
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'trace, debug, info, warn, error, fatal or silent',
  }),
  DB_NAME: text('the MongoDB database'),
  DB_MIN_POOL_SIZE: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 2,
    description: 'database connections that stay open',
  }),
  DB_MAX_POOL_SIZE: count(20, 'database connections at most'),
  DB_QUERY_TIMEOUT_SEC: Type.Integer({
    minimum: 1,
    default: 2,
    description: 'seconds for a database operation; more than 2 count as 2',
  }),
  REDIS_HOST: text('the host of Redis'),
  REDIS_PORT: port(6379),
  REDIS_PASSWORD: Type.Optional(text('the password of Redis, where it has one')),
  REDIS_DB: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 0,
    description: 'the number of the Redis database',
  }),
  NATS_URL: text('as in nats://127.0.0.1:4222; several are separated by commas'),
  NATS_SERVICE_NAME: Type.String({ default: 'blog', pattern: '^[A-Za-z0-9_-]+$', description: 'as in blog' }),
  NATS_SERVICE_VERSION: Type.String({
    default: '1.0.0',
    pattern: '^\\d+\\.\\d+\\.\\d+(-[\\w.-]+)?(\\+[\\w.-]+)?$',
    description: 'a semantic version, as in 1.0.0',
  }),
  NATS_TIMEOUT_SEC: Type.Integer({
    minimum: 1,
    default: 2,
    description: 'seconds for a request over NATS; more than 2 count as 2',
  }),
};

const WithUrl = Type.Object({
  ...shared,
  DB_URL: Type.String({
    pattern: '^mongodb(\\+srv)?://',
    description: 'as in mongodb://user:password@host:27017',
  }),
});

const WithHost = Type.Object({
  ...shared,
  DB_HOST: text('the host of MongoDB; or set DB_URL'),
  DB_PORT: port(27017),
  DB_USER: text('the user of MongoDB'),
  DB_USER_PWD: text("the MongoDB user's password"),
});

/** What the blog service is told by its environment; the database by one URL or by its parts. */
export type Config = Type.Static<typeof WithUrl> | Type.Static<typeof WithHost>;

/**
 * Reads the configuration.
 * @throws {ConfigError} one error that names every variable that is missing or wrong
 */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): Config {
  return environment.DB_URL ? parseConfig(WithUrl, environment) : parseConfig(WithHost, environment);
}
