import { fileURLToPath } from 'node:url';
import { parseConfig } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';
import { processVariables, variable } from '@tsmicro/service';

const Config = Type.Object({
  ...processVariables({ metricsPort: 9_103 }),
  NATS_URL: variable.text('as in nats://gateway:password@127.0.0.1:4222, several separated by commas'),
  KONG_CONFIG: Type.String({
    default: fileURLToPath(new URL('../../kong/kong.yml', import.meta.url)),
    description: 'the path of the declarative configuration that Kong starts with, such as kong/kong.yml',
  }),
  KONG_ADMIN_URL: Type.String({
    default: 'http://127.0.0.1:8001',
    pattern: '^https?://[^/?#@\\s]+/?$',
    description: "the address of Kong's Admin API, as in http://127.0.0.1:8001",
  }),
});

/** What the environment says. */
export type Config = Static<typeof Config>;

/** Reads the environment. @throws {ConfigError} with every complaint */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return parseConfig(Config, environment);
}
