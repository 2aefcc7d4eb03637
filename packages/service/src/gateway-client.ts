// What a process is told that asks the gateway, as any other client of the platform does.
import { createHash } from 'node:crypto';
import { ConfigError } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { variable } from './variables.ts';

/** Where the gateway is, and the key that it is asked with. */
export const gatewayVariables = {
  GATEWAY_URL: Type.String({
    pattern: '^https?://[^/?#]+/?$',
    description: 'where the gateway is, as in http://127.0.0.1:8000',
  }),
  API_KEY: variable.text('the API key of this site, for its questions to the gateway'),
};

/** SHA-256 of the key that everybody finds in the sources of the auth service. */
const seedKeyHash = '548fca112d6025d687ba18dbdc722a04157c2fb3a0a2837bcdacd5a989fc1ac6';

/** For production. @throws {ConfigError} when the API key is the one that everybody knows */
export function refuseSeedKey({ API_KEY }: { API_KEY: string }): void {
  if (createHash('sha256').update(API_KEY).digest('hex') !== seedKeyHash) return;
  throw new ConfigError(
    'NODE_ENV=production, but API_KEY is the seed key, which everybody knows: give this site a random one, ' +
      'and the auth service its SHA-256 in API_KEY_GRANTS',
  );
}
