import { parseConfig } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import {
  natsVariables,
  poolVariables,
  processVariables,
  redisVariables,
  serverVariables,
  variable,
} from '@tsmicro/service';

/** The environment of the auth service. What has no default is an address or a secret, and required. */
export const Config = Type.Object({
  ...processVariables({ metricsPort: 9_101 }),
  ...serverVariables({ port: 8_001 }),

  DB_HOST: variable.text('host of PostgreSQL'),
  DB_PORT: variable.port('port of PostgreSQL', 5_432),
  DB_NAME: variable.text('name of the database'),
  DB_USER: variable.text('user of the database'),
  DB_USER_PWD: variable.text('password of that user'),
  ...poolVariables({ min: 5, max: 10 }),
  ...redisVariables,
  ...natsVariables({ name: 'auth' }),

  RSA_PRIVATE_KEY_PATH: variable.text('PEM file of the RSA key that signs tokens'),
  RSA_PUBLIC_KEY_PATH: variable.text('PEM file of the public half of that key'),
  TOKEN_ISSUER: Type.String({ default: 'api.goserve.afteracademy.com', description: 'claim iss of tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'goserve.afteracademy.com', description: 'claim aud of tokens' }),
  ACCESS_TOKEN_VALIDITY_SEC: variable.seconds('life of an access token in seconds', 172_800),
  REFRESH_TOKEN_VALIDITY_SEC: variable.seconds('life of a refresh token in seconds', 604_800),

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
