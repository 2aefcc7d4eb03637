import { parseConfig } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import {
  gatewayVariables,
  natsVariables,
  processVariables,
  redisVariables,
  refuseSeedKey,
  serverVariables,
} from '@tsmicro/service';

const Config = Type.Object({
  ...processVariables({ metricsPort: 9_104 }),
  ...serverVariables({ port: 8_004 }),
  ...redisVariables,
  ...natsVariables({ name: 'console' }),
  ...gatewayVariables,
});

/** What the console is told by its environment. */
export type Config = Type.Static<typeof Config>;

/** The configuration in an environment. @throws {ConfigError} naming every variable that is missing or wrong */
export function parseEnvironment(environment: Readonly<Record<string, string | undefined>>): Config {
  const config = parseConfig(Config, environment);
  if (config.NODE_ENV === 'production') refuseSeedKey(config);
  return config;
}
