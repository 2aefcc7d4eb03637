import { parseConfig } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

// #if postgres mongo

import { natsVariables, poolVariables, processVariables, serverVariables, variable } from '@tsmicro/service';

// #else

// import { natsVariables, processVariables, serverVariables } from '@tsmicro/service';

// #end

/** What the environment tells the sample-room service. What has no default is required. */
export const Config = Type.Object({
  ...processVariables({ metricsPort: 9_999 }),
  ...serverVariables({ port: 8_999 }),
  // #if postgres
  DB_HOST: variable.text('host of PostgreSQL'),
  DB_PORT: variable.port('port of PostgreSQL', 5_432),
  DB_NAME: variable.text('name of the database'),
  DB_USER: variable.text('user of the database'),
  DB_USER_PWD: variable.text('password of that user'),
  ...poolVariables({ min: 2, max: 10 }),
  // #elif mongo
  // DB_URL: variable.text('as in mongodb://user:password@host:27017'),
  // DB_NAME: variable.text('name of the database'),
  // ...poolVariables({ min: 2, max: 10 }),
  // #end
  ...natsVariables({ name: 'sample-room' }),
});
export type Config = Type.Static<typeof Config>;

/** The configuration in an environment. @throws {ConfigError} naming every variable that is missing or wrong */
export const parseEnvironment = (environment: Readonly<Record<string, string | undefined>>): Config =>
  parseConfig(Config, environment);
