import { fileURLToPath } from 'node:url';
import { parseConfig } from '@tsmicro/network';
import { type Static, Type } from '@tsmicro/schema';
import { processVariables, serverVariables } from '@tsmicro/service';
import type { Environment } from './declaration/vault.ts';
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
  NATS_URL: Type.Optional(
    Type.String({
      description:
        'where services register themselves, as in nats://user:password@host:4222; without it only the declaration says where they are',
    }),
  ),
  NATS_SERVICE_NAME: Type.String({ default: 'gateway', description: 'the name of this process at NATS' }),
  NATS_SERVICE_VERSION: Type.String({ default: '0.1.0', description: 'semantic version' }),
  ADVERTISED_HOST: Type.Optional(
    Type.String({ description: 'host of the addresses that discovery shows of this gateway' }),
  ),
  RATE_LIMIT: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'on or off: off turns every limit of rates off, for load tests',
  }),
  RATE_LIMIT_CLIENT_PER_MIN: Type.Integer({
    minimum: 0,
    maximum: 2 ** 31 - 1,
    default: 6_000,
    description: 'requests that one address may send in a minute, on all routes together; 0 for any number',
  }),
  TRUSTED_IPS: Type.String({
    default: '',
    description:
      'who may say in x-forwarded-for on whose behalf he asks: addresses and networks, as in 10.0.0.0/8,::1',
  }),
  DOCS: Type.Enum(['on', 'off'], {
    default: 'on',
    description: 'on or off: whether /docs shows what the services offer',
  }),
});

/** What the environment says. */
export type Config = Static<typeof Config> & {
  /** All of it: a declaration may refer to any variable. */
  readonly environment: Environment;
};

/** Reads the environment. @throws {ConfigError} with every complaint */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return { ...parseConfig(Config, environment), environment };
}
