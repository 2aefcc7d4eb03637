import type { Mapping } from '../declaration/mapping.ts';
import { fieldName } from '../plugin/field-name.ts';
import { createLimit, type Limit } from './limit.ts';
import { parseRedisSettings, type RedisSettings } from './redis-settings.ts';
import { windowNames } from './window.ts';

/** What tells callers apart. */
export type Identity =
  | { readonly by: 'ip' }
  | { readonly by: 'service' }
  /** Requests without the header count by address. */
  | { readonly by: 'header'; readonly headerName: string }
  /** Requests for this path count together, all others by address. */
  | { readonly by: 'path'; readonly path: string };

/** The plugin's `config` in kong.yml. */
export interface RateSettings {
  /** From the shortest window to the longest; at least one. */
  readonly limits: readonly Limit[];
  readonly identity: Identity;
  /** Where several gateways count together; undefined counts in each for itself. */
  readonly redis: RedisSettings | undefined;
  /** Whether requests pass while Redis is away. @default true */
  readonly faultTolerant: boolean;
  /** Whether clients are not told of the limits; a refusal says when to come back all the same. @default false */
  readonly hideClientHeaders: boolean;
  /** The status of a refusal. @default 429 */
  readonly errorCode: number;
  /** @default "too many requests", as whatever Kong refuses is called in the envelope */
  readonly errorMessage: string;
}

const policies = ['local', 'redis', 'cluster'] as const;
const identities = ['consumer', 'credential', 'ip', 'service', 'header', 'path'] as const;
const usualMessage = 'too many requests';

function parseLimits(config: Mapping): Limit[] {
  const limits: Limit[] = [];
  for (const name of windowNames) {
    const max = config.integer(name, 1, Number.MAX_SAFE_INTEGER);
    if (max === undefined) continue;
    const shorter = limits.at(-1);
    if (shorter !== undefined && max < shorter.max) {
      config.complain(name, `cannot be lower than the limit for ${shorter.window.name}`);
    }
    limits.push(createLimit(name, max));
  }
  if (limits.length === 0 && !windowNames.some((name) => config.has(name))) {
    config.complain('minute', `or another limit is required (${windowNames.join(', ')})`);
  }
  return limits;
}

function parseIdentity(config: Mapping): Identity {
  const by = config.choice('limit_by', identities) ?? 'consumer';
  const headerName = fieldName(config, 'header_name');
  const path = config.text('path');
  if (path !== undefined && !path.startsWith('/')) config.complain('path', 'must begin with "/"');
  if (by === 'header') {
    if (headerName !== undefined) return { by, headerName };
    if (!config.has('header_name')) config.complain('header_name', 'is required when limit_by is header');
  } else if (by === 'path') {
    if (path !== undefined) return { by, path };
    if (!config.has('path')) config.complain('path', 'is required when limit_by is path');
  } else if (by === 'ip' || by === 'service') {
    return { by };
  } else {
    config.complain(
      'limit_by',
      `must be ip, service, header or path: this gateway knows no ${by} (header with header_name x-api-key counts by key)`,
    );
  }
  return { by: 'ip' };
}

function parsePolicy(config: Mapping): RedisSettings | undefined {
  const policy = config.choice('policy', policies) ?? 'local';
  if (policy === 'cluster')
    config.complain('policy', "must be local or redis: cluster counts in Kong's database");
  return parseRedisSettings(config, policy === 'redis');
}

/** Reads the `config` of `rate-limiting`. */
export function parseRateSettings(config: Mapping): RateSettings {
  const settings: RateSettings = {
    limits: parseLimits(config),
    identity: parseIdentity(config),
    redis: parsePolicy(config),
    faultTolerant: config.flag('fault_tolerant') ?? true,
    hideClientHeaders: config.flag('hide_client_headers') ?? false,
    errorCode: config.integer('error_code', 400, 599) ?? 429,
    errorMessage: config.text('error_message') ?? usualMessage,
  };
  if ((config.number('sync_rate', -1, Number.MAX_VALUE) ?? -1) !== -1) {
    config.complain('sync_rate', 'must be -1: every request is counted in Redis when it comes');
  }
  return settings;
}
