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

const shared = {
  ...processVariables({ metricsPort: 9_102 }),
  ...serverVariables({ port: 8_002 }),
  DB_NAME: variable.text('the MongoDB database'),
  ...poolVariables({ min: 2, max: 20 }),
  ...redisVariables,
  ...natsVariables({ name: 'blog' }),
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
  DB_HOST: variable.text('the host of MongoDB; or set DB_URL'),
  DB_PORT: variable.port('port of MongoDB', 27_017),
  DB_USER: variable.text('the user of MongoDB'),
  DB_USER_PWD: variable.text("the MongoDB user's password"),
});

/** What the blog service is told by its environment; the database by one URL or by its parts. */
export type Config = Type.Static<typeof WithUrl> | Type.Static<typeof WithHost>;

/**
 * Reads the configuration.
 * @throws {ConfigError} one error that names every variable that is missing or wrong
 */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): Config {
  const schema = environment.DB_URL || environment.DB_URL_FILE ? WithUrl : WithHost;
  return parseConfig(schema, environment);
}
