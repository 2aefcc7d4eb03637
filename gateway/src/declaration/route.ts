import type { PluginKind } from '../plugin/plugin.ts';
import { createPathPattern, type PathPattern } from '../routing/path-pattern.ts';
import type { Mapping } from './mapping.ts';
import { type PluginEntity, parsePlugins } from './plugin.ts';

/** A route of a service: which paths lead there and what becomes of them. */
export interface RouteEntity {
  readonly name: string;
  readonly paths: readonly PathPattern[];
  /** Whether the matched part is taken off the path. */
  readonly stripPath: boolean;
  /** Whether the service sees the client's Host instead of its own. */
  readonly preserveHost: boolean;
  /** Orders regular expressions; the higher is tried first. */
  readonly regexPriority: number;
  readonly plugins: readonly PluginEntity[];
}

/** Reads one route; the defaults are Kong's. */
export function parseRoute(route: Mapping, kinds: readonly PluginKind[]): RouteEntity {
  const paths: PathPattern[] = [];
  for (const item of route.texts('paths')) {
    try {
      paths.push(createPathPattern(item.text));
    } catch (error) {
      item.complain(error instanceof Error ? error.message : String(error));
    }
  }
  if (!route.has('paths')) route.complain('paths', 'is required');
  route.texts('tags');
  const name = route.text('name') ?? route.path;
  const entity: RouteEntity = {
    name,
    paths,
    stripPath: route.flag('strip_path') ?? true,
    preserveHost: route.flag('preserve_host') ?? false,
    regexPriority: route.integer('regex_priority', 0, 255) ?? 0,
    plugins: parsePlugins(route, kinds, `route ${name}`),
  };
  route.end();
  return entity;
}
