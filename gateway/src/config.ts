import { fileURLToPath } from 'node:url';
import { parseConfig } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';
import { processVariables, serverVariables } from '@tsmicro/service';
import { hostMapPattern } from './upstream/host-map.ts';

const Config = Type.Object({
  ...processVariables({ metricsPort: 9_100 }),
  ...serverVariables({ port: 8_000 }),
  KONG_CONFIG: Type.String({
    default: fileURLToPath(new URL('../kong/kong.yml', import.meta.url)),
    description: 'the path of a declarative configuration, such as kong/kong.yml',
  }),
  HOST_MAP: Type.String({
    default: '',
    pattern: hostMapPattern,
    description:
      'where the names of the declaration live, such as auth:8000=127.0.0.1:8001,blog:8000=127.0.0.1:8002',
  }),
  RATE_LIMIT: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'on or off: off turns every limit of rates off, for load tests',
  }),
  DOCS: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'on or off: whether /docs shows what the services offer',
  }),
});

/** What the environment says. */
export type Config = Static<typeof Config>;

/** Reads the environment. @throws {ConfigError} with every complaint */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return parseConfig(Config, environment);
}
