import type { PluginKind } from '../plugin/plugin.ts';
import type { Mapping } from './mapping.ts';
import { type PluginEntity, parsePlugins } from './plugin.ts';
import { parseRoute, type RouteEntity } from './route.ts';
import { serviceOf } from './tags.ts';

/** A service behind the gateway. */
export interface ServiceEntity {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Whose live instances take the place of host and port, where NATS knows some. */
  readonly discovered: string | undefined;
  /** Put before every path, without a trailing "/"; mostly empty. */
  readonly pathPrefix: string;
  readonly connectTimeoutMs: number;
  /** Between two pieces of a request's body. */
  readonly writeTimeoutMs: number;
  /** To the first byte of an answer, and between two of its pieces. */
  readonly readTimeoutMs: number;
  /** How often a request may be tried again. */
  readonly retries: number;
  readonly routes: readonly RouteEntity[];
  readonly plugins: readonly PluginEntity[];
}

type Address = Pick<ServiceEntity, 'host' | 'port' | 'pathPrefix'>;

const maxTimeoutMs = 2 ** 31 - 2;

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** `url` is Kong's shorthand for protocol, host, port and path. */
function parseAddress(service: Mapping): Address {
  const url = service.text('url');
  const protocol = service.text('protocol');
  const host = service.text('host');
  const port = service.integer('port', 1, 65_535);
  const path = service.text('path');
  if (protocol !== undefined && protocol !== 'http') service.complain('protocol', 'must be http');
  if (path !== undefined && !path.startsWith('/')) service.complain('path', 'must begin with "/"');
  if (url === undefined) {
    if (host === undefined && !service.has('url')) service.complain('url', 'or host is required');
    return { host: host ?? '', port: port ?? 80, pathPrefix: withoutTrailingSlash(path ?? '') };
  }
  if (host !== undefined || port !== undefined || path !== undefined || protocol !== undefined) {
    service.complain('url', 'cannot stand beside protocol, host, port or path');
  }
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'http:' || parsed.search !== '' || parsed.username !== '') {
    service.complain('url', 'must look like http://host:port/path');
  }
  return {
    host: parsed?.hostname ?? '',
    port: Number(parsed?.port || 80),
    pathPrefix: withoutTrailingSlash(parsed?.pathname ?? ''),
  };
}

/** Reads one service with its routes; the defaults are Kong's. */
export function parseService(service: Mapping, kinds: readonly PluginKind[]): ServiceEntity {
  const name = service.requiredText('name');
  const address = parseAddress(service);
  const discovered = serviceOf(service);
  const entity: ServiceEntity = {
    name,
    ...address,
    discovered,
    connectTimeoutMs: service.integer('connect_timeout', 1, maxTimeoutMs) ?? 60_000,
    writeTimeoutMs: service.integer('write_timeout', 1, maxTimeoutMs) ?? 60_000,
    readTimeoutMs: service.integer('read_timeout', 1, maxTimeoutMs) ?? 60_000,
    retries: service.integer('retries', 0, 32_767) ?? 5,
    routes: service.mappings('routes').map((route) => parseRoute(route, kinds)),
    plugins: parsePlugins(service, kinds, `service ${name}`),
  };
  service.end();
  return entity;
}
