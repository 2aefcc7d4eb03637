import { type HealthChecks, parseHealthChecks } from './health-checks.ts';
import type { Mapping } from './mapping.ts';
import { serviceOf } from './tags.ts';

/** How the next target is chosen, in Kong's words. */
export const algorithms = ['round-robin', 'least-connections', 'consistent-hashing'] as const;

/** What a request is told apart by when the same one shall meet the same target. */
export const hashSources = ['none', 'ip', 'header', 'cookie', 'path', 'query_arg'] as const;

/** One source of a hash; `name` of the header, cookie or argument. */
export interface HashInput {
  readonly source: (typeof hashSources)[number];
  readonly name: string;
}

/** One address of an upstream. */
export interface TargetEntity {
  readonly host: string;
  readonly port: number;
  /** 0 takes no requests. @default 100 */
  readonly weight: number;
}

/** Several targets under one name, which services have as their host. */
export interface UpstreamEntity {
  readonly name: string;
  readonly algorithm: (typeof algorithms)[number];
  readonly hashOn: HashInput;
  readonly hashFallback: HashInput;
  /** The path for which a cookie that hashing sets is good. */
  readonly cookiePath: string;
  /** What the targets see as Host; their own name and port otherwise. */
  readonly hostHeader: string | undefined;
  readonly checks: HealthChecks;
  readonly targets: readonly TargetEntity[];
  /** Whose live instances take the targets' place, where NATS knows some. */
  readonly discovered: string | undefined;
}

const usualTargetPort = 8_000;
const targetShape = /^(\[[0-9a-f:]+\]|[^\s:/[\]]+)(?::(\d{1,5}))?$/i;

function parseTarget(target: Mapping): TargetEntity[] {
  const text = target.requiredText('target');
  const weight = target.integer('weight', 0, 65_535) ?? 100;
  target.texts('tags');
  target.end();
  const [, host, port = String(usualTargetPort)] = targetShape.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536) {
    return [{ host: host.replace(/^\[|\]$/g, ''), port: Number(port), weight }];
  }
  if (text !== '') target.complain('target', 'must look like host:port');
  return [];
}

/** The field that names what each source looks at. */
const nameFields: Readonly<Partial<Record<HashInput['source'], string>>> = {
  header: 'header',
  cookie: 'cookie',
  query_arg: 'query_arg',
};

function parseHash(upstream: Mapping, field: 'hash_on' | 'hash_fallback'): HashInput {
  const source = upstream.choice(field, hashSources) ?? 'none';
  const suffix = nameFields[source];
  // There is one cookie, whichever of the two asks for it.
  const nameField = source === 'cookie' ? 'hash_on_cookie' : `${field}_${suffix}`;
  if (suffix === undefined) return { source, name: '' };
  if (!upstream.has(nameField)) upstream.complain(field, `needs ${nameField}`);
  return { source, name: upstream.text(nameField) ?? '' };
}

/** Reads one upstream with its targets; the defaults are Kong's. */
export function parseUpstream(upstream: Mapping): UpstreamEntity {
  const name = upstream.requiredText('name');
  const hashOn = parseHash(upstream, 'hash_on');
  const hashFallback = parseHash(upstream, 'hash_fallback');
  if (hashOn.source === 'none' && hashFallback.source !== 'none') {
    upstream.complain('hash_fallback', 'needs hash_on');
  }
  const algorithm = upstream.choice('algorithm', algorithms) ?? 'round-robin';
  // The size of Kong's ring: here every target is weighed for every key, so there is no ring.
  upstream.integer('slots', 10, 65_536);
  const discovered = serviceOf(upstream);
  const targets = upstream.mappings('targets').flatMap(parseTarget);
  if (targets.length === 0 && discovered === undefined && !upstream.has('targets')) {
    upstream.complain('targets', 'are required where no tag nats:<service> says whose instances they are');
  }
  const entity: UpstreamEntity = {
    name,
    algorithm,
    hashOn,
    hashFallback,
    cookiePath: upstream.text('hash_on_cookie_path') ?? '/',
    hostHeader: upstream.text('host_header'),
    checks: parseHealthChecks(upstream.mapping('healthchecks')),
    targets,
    discovered,
  };
  upstream.end();
  return entity;
}
