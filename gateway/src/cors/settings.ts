import type { Mapping } from '../declaration/mapping.ts';
import { type OriginRule, parseOriginRule } from './origin.ts';

/** The plugin's `config` in kong.yml. */
export interface CorsSettings {
  /** Which pages may read answers; undefined for those of any origin. */
  readonly origins: readonly OriginRule[] | undefined;
  /** What a page may do; by default everything. */
  readonly methods: string;
  /** Which headers a page may send; undefined for those that it asks for. */
  readonly headers: string | undefined;
  /** Which headers of an answer a page may read besides the usual ones. */
  readonly exposedHeaders: string | undefined;
  /** Whether pages may send cookies and the like. @default false */
  readonly credentials: boolean;
  /** How long a browser may remember the answer to a preflight. */
  readonly maxAgeSec: number | undefined;
  /** Whether the service answers preflights itself. @default false */
  readonly preflightContinue: boolean;
  /** Whether pages of public networks may reach this private one. @default false */
  readonly privateNetwork: boolean;
  /** Whether requests without an Origin get the headers too. @default true */
  readonly allowOriginAbsent: boolean;
}

const methodNames = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];
/** An origin that nobody lets in by its name. */
const foreignOrigin = 'https://foreign.invalid';
/** What a list of names may be made of, so that it is one header. */
const fieldNames = /^(?:\*|[!#$%&'*+\-.^_`|~0-9A-Za-z]+)$/;

function parseOrigins(config: Mapping): readonly OriginRule[] | undefined {
  const items = config.texts('origins');
  const rules: OriginRule[] = [];
  for (const item of items) {
    if (item.text === '*') continue;
    try {
      rules.push(parseOriginRule(item.text));
    } catch {
      item.complain('must be *, an origin such as https://example.com, or a regular expression');
    }
  }
  return items.length === 0 || items.some(({ text }) => text === '*') ? undefined : rules;
}

function parseNames(config: Mapping, field: string): string | undefined {
  const items = config.texts(field);
  for (const item of items) {
    if (!fieldNames.test(item.text)) item.complain('must be the name of a header, or *');
  }
  return items.length === 0 ? undefined : items.map(({ text }) => text).join(',');
}

function parseMethods(config: Mapping): string {
  const items = config.texts('methods');
  for (const item of items) {
    if (!methodNames.includes(item.text)) item.complain(`must be one of ${methodNames.join(', ')}`);
  }
  return (config.has('methods') ? items.map(({ text }) => text) : methodNames).join(',');
}

/** Reads the `config` of `cors`. */
export function parseCorsSettings(config: Mapping): CorsSettings {
  const settings: CorsSettings = {
    origins: parseOrigins(config),
    methods: parseMethods(config),
    headers: parseNames(config, 'headers'),
    exposedHeaders: parseNames(config, 'exposed_headers'),
    credentials: config.flag('credentials') ?? false,
    maxAgeSec: config.integer('max_age', 0, 2 ** 31 - 1),
    preflightContinue: config.flag('preflight_continue') ?? false,
    privateNetwork: config.flag('private_network') ?? false,
    allowOriginAbsent: config.flag('allow_origin_absent') ?? true,
  };
  const { origins, credentials } = settings;
  if (credentials && (origins === undefined || origins.some((rule) => rule.allows(foreignOrigin)))) {
    config.complain('credentials', 'must be false when origins lets every page in: name the origins');
  }
  return settings;
}
