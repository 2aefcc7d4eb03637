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

const failures = (description: string, byDefault: number) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: byDefault, description });

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
  RSA_KEY_DIRECTORY: Type.Optional(
    variable.text(
      'folder of the keys that take over from that one, as `npm run keys:rotate` makes them; by default `rotated` beside RSA_PRIVATE_KEY_PATH',
    ),
  ),
  TOKEN_ISSUER: Type.String({ default: 'api.goserve.afteracademy.com', description: 'claim iss of tokens' }),
  TOKEN_AUDIENCE: Type.String({ default: 'goserve.afteracademy.com', description: 'claim aud of tokens' }),
  ACCESS_TOKEN_VALIDITY_SEC: variable.seconds('life of an access token in seconds', 172_800),
  REFRESH_TOKEN_VALIDITY_SEC: variable.seconds('life of a refresh token in seconds', 604_800),

  API_KEY_GRANTS: Type.String({
    default: '',
    pattern: '^(?:[A-Z][A-Z0-9_]{0,49}:[0-9a-f]{64}(?:,(?!$)|$))*$',
    description:
      'API keys that were given away, by permission and SHA-256, as in FRONT:<64 hex digits>,CONSOLE:<64 hex digits>',
  }),
  REFRESH_REUSE_GRACE_SEC: Type.Integer({
    minimum: 0,
    maximum: 3_600,
    default: 10,
    description: 'for so long after its use a refresh token that comes again is refused and nothing else',
  }),
  RATE_LIMIT: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'on or off: off turns every limit of rates off, for load tests',
  }),
  SIGNIN_FAILURES_PER_ACCOUNT: failures('failed sign-ins of one account in a minute', 10),
  SIGNIN_FAILURES_PER_CLIENT: failures('failed attempts of one address in a minute', 100),
  PASSWORD_MIN_LENGTH: Type.Optional(
    Type.Integer({
      minimum: 6,
      maximum: 64,
      description: 'shortest password that a sign-up may choose, 6 to 64; by default 6, in production 8',
    }),
  ),
  PASSWORD_DENYLIST: Type.Optional(
    Type.Enum(['on', 'off'], {
      description:
        'on or off: on refuses passwords that everybody tries first, where one is chosen; by default off, in production on',
    }),
  ),
});
export type Config = Type.Static<typeof Config>;

/** The configuration in an environment. @throws {ConfigError} naming every variable that is missing or wrong */
export const parseEnvironment = (environment: Readonly<Record<string, string | undefined>>): Config =>
  parseConfig(Config, environment);
