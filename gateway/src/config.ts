import { fileURLToPath } from 'node:url';
import { parseConfig } from '@tsmicro/network';
import Type, { type Static } from 'typebox';
import { hostMapPattern } from './upstream/host-map.ts';

const Config = Type.Object({
  SERVER_HOST: Type.String({
    default: '127.0.0.1',
    description: 'the address to listen on, such as 127.0.0.1',
  }),
  SERVER_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8000,
    description: 'a port, such as 8000',
  }),
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
  LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    default: 'info',
    description: 'one of trace, debug, info, warn, error, fatal, silent',
  }),
  NODE_ENV: Type.Enum(['development', 'test', 'production'], {
    default: 'development',
    description: 'development, test or production',
  }),
});

/** What the environment says. */
export type Config = Static<typeof Config>;

/** Reads the environment. @throws {ConfigError} with every complaint */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  return parseConfig(Config, environment);
}
