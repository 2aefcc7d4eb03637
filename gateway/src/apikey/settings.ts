import type { Mapping } from '../declaration/mapping.ts';

/** Where a key can be checked. */
export interface VerificationAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** The plugin's `config` in kong.yml. */
export interface ApikeySettings {
  /** Tried in turn, from a random one; with none, every key is a 500. */
  readonly verificationAddresses: readonly VerificationAddress[];
  /** How long a positive answer is kept. @default 10 */
  readonly cacheTtlSec: number;
  /** How long a refusal is kept. @default 1 */
  readonly negativeTtlSec: number;
  /** For one check, however many addresses it takes. @default 1500 */
  readonly timeoutMs: number;
  /** Whether a key is asked for at all; where none is, none is checked either. @default true */
  readonly required: boolean;
  /** Whether the key is taken out of what the service sees. @default false */
  readonly hideCredentials: boolean;
}

function parseAddress(url: string): VerificationAddress | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'http:' || parsed.username !== '' || parsed.hash !== '') return undefined;
  return { host: parsed.hostname, port: Number(parsed.port || 80), path: parsed.pathname + parsed.search };
}

/** Reads the `config` of `apikey-auth-plugin`. */
export function parseApikeySettings(config: Mapping): ApikeySettings {
  const verificationAddresses: VerificationAddress[] = [];
  for (const item of config.texts('verification_urls')) {
    const address = parseAddress(item.text);
    if (address === undefined) item.complain('must look like http://host:port/path');
    else verificationAddresses.push(address);
  }
  return {
    verificationAddresses,
    cacheTtlSec: config.integer('cache_ttl_sec', 0, 3_600) ?? 10,
    negativeTtlSec: config.integer('negative_ttl_sec', 0, 60) ?? 1,
    timeoutMs: config.integer('timeout_ms', 10, 4_000) ?? 1_500,
    required: config.flag('required') ?? true,
    hideCredentials: config.flag('hide_credentials') ?? false,
  };
}
