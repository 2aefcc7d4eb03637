import { parseConfig } from '@tsmicro/network';
import Type from 'typebox';

const port = (description: string, byDefault: number) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: byDefault, description });
const seconds = (description: string, byDefault: number) =>
  Type.Integer({ minimum: 1, maximum: 315_360_000, default: byDefault, description });
const poolSize = (description: string, byDefault: number) =>
  Type.Integer({ minimum: 1, maximum: 1_000, default: byDefault, description });

/** The environment of the auth service. What has no default is an address or a secret, and required. */
export const Config = Type.Object({
  NODE_ENV: Type.Enum(['development', 'test', 'production'], {
    default: 'development',
    description:
      'development, test or production, which makes no seed data and refuses to start while there is any',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'fatal, error, warn, info, debug, trace or silent',
  }),

  SERVER_HOST: Type.String({ default: '127.0.0.1', description: 'address to listen on' }),
  SERVER_PORT: port('port to listen on, 0 for any free one', 8_001),

  DB_HOST: Type.String({ description: 'host of PostgreSQL' }),
  DB_PORT: port('port of PostgreSQL', 5_432),
  DB_NAME: Type.String({ description: 'name of the database' }),
  DB_USER: Type.String({ description: 'user of the database' }),
  DB_USER_PWD: Type.String({ description: 'password of that user' }),
  DB_MIN_POOL_SIZE: poolSize('connections kept open', 5),
  DB_MAX_POOL_SIZE: poolSize('most connections', 10),
  DB_QUERY_TIMEOUT_SEC: seconds('longest time of a query in seconds; more than 3 counts as 3', 2),

  REDIS_HOST: Type.String({ description: 'host of Redis' }),
  REDIS_PORT: port('port of Redis', 6_379),
  REDIS_PASSWORD: Type.Optional(Type.String({ description: 'password of Redis, when it asks for one' })),
  REDIS_DB: Type.Integer({
    minimum: 0,
    maximum: 15,
    default: 0,
    description: 'number of the database, 0 to 15',
  }),

  NATS_URL: Type.String({ description: 'as in nats://127.0.0.1:4222, several separated by commas' }),
  NATS_SERVICE_NAME: Type.String({
    pattern: '^auth$',
    default: 'auth',
    description: 'auth, as the contract with other services says',
  }),
  NATS_SERVICE_VERSION: Type.String({
    pattern: '^\\d+\\.\\d+\\.\\d+(-[\\w.-]+)?(\\+[\\w.-]+)?$',
    default: '1.0.0',
    description: 'semantic version',
  }),
  NATS_TIMEOUT_SEC: seconds('longest wait for a reply in seconds; more than 2 counts as 2', 2),

  RSA_PRIVATE_KEY_PATH: Type.String({ description: 'PEM file of the RSA key that signs tokens' }),
  RSA_PUBLIC_KEY_PATH: Type.String({ description: 'PEM file of the public half of that key' }),
  TOKEN_ISSUER: Type.String({ default: 'api.goserve.afteracademy.com', description: 'claim iss of tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'goserve.afteracademy.com', description: 'claim aud of tokens' }),
  ACCESS_TOKEN_VALIDITY_SEC: seconds('life of an access token in seconds', 172_800),
  REFRESH_TOKEN_VALIDITY_SEC: seconds('life of a refresh token in seconds', 604_800),

  PASSWORD_MIN_LENGTH: Type.Optional(
    Type.Integer({
      minimum: 6,
      maximum: 64,
      description: 'shortest password that a sign-up may choose, 6 to 64; by default 6, in production 8',
    }),
  ),
});
export type Config = Type.Static<typeof Config>;

/** The configuration in an environment. @throws {ConfigError} naming every variable that is missing or wrong */
export const parseEnvironment = (environment: Readonly<Record<string, string | undefined>>): Config =>
  parseConfig(Config, environment);
