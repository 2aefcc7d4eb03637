import type { PluginKind } from '../plugin/plugin.ts';
import { createHostPattern, type HostPattern } from '../routing/host-pattern.ts';
import { createPathPattern, type PathPattern } from '../routing/path-pattern.ts';
import type { Item, Mapping } from './mapping.ts';
import { type PluginEntity, parsePlugins } from './plugin.ts';

/** A route of a service: which requests go there and what becomes of them. */
export interface RouteEntity {
  readonly name: string;
  /** Any of them; none is any path. */
  readonly paths: readonly PathPattern[];
  /** Any of them; none is any host. */
  readonly hosts: readonly HostPattern[];
  /** Any of them; none is any method. */
  readonly methods: readonly string[];
  /** All of these, each with any of its values, which count without their case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Whether the matched part is taken off the path. */
  readonly stripPath: boolean;
  /** Whether the service sees the client's Host instead of its own. */
  readonly preserveHost: boolean;
  /** Orders regular expressions; the higher is tried first. */
  readonly regexPriority: number;
  readonly plugins: readonly PluginEntity[];
}

function parseEach<T>(items: readonly Item[], parse: (text: string) => T): T[] {
  return items.flatMap((item) => {
    try {
      return [parse(item.text)];
    } catch (error) {
      item.complain(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

function parseMethod(text: string): string {
  if (!/^[A-Z]+$/.test(text)) throw new SyntaxError('must be a method in upper case');
  return text;
}

function parseProtocols(route: Mapping): void {
  const protocols = route.texts('protocols');
  for (const { text, complain } of protocols) {
    if (text !== 'http' && text !== 'https') complain('must be http or https: nothing else is served here');
  }
  if (protocols.length > 0 && !protocols.some(({ text }) => text === 'http')) {
    route.complain('protocols', 'must have http: TLS ends before this gateway');
  }
}

function parseHeaders(headers: Mapping): RouteEntity['headers'] {
  const entries = headers.fields.map((name): [string, string[]] => {
    const values = headers.texts(name).map(({ text }) => text.toLowerCase());
    if (name.toLowerCase() === 'host') headers.complain(name, 'is matched by hosts');
    return [name.toLowerCase(), values];
  });
  headers.end();
  return Object.fromEntries(entries);
}

/** Reads one route; the defaults are Kong's. */
export function parseRoute(route: Mapping, kinds: readonly PluginKind[]): RouteEntity {
  const matchers = ['paths', 'hosts', 'methods', 'headers'];
  if (!matchers.some((field) => route.has(field))) {
    route.complain('paths', 'is required where there are no hosts, methods or headers');
  }
  route.texts('tags');
  // Here every piece of an answer is passed on as it comes.
  route.flag('response_buffering');
  parseProtocols(route);
  const name = route.text('name') ?? route.path;
  const entity: RouteEntity = {
    name,
    paths: parseEach(route.texts('paths'), createPathPattern),
    hosts: parseEach(route.texts('hosts'), createHostPattern),
    methods: parseEach(route.texts('methods'), parseMethod),
    headers: parseHeaders(route.mapping('headers')),
    stripPath: route.flag('strip_path') ?? true,
    preserveHost: route.flag('preserve_host') ?? false,
    regexPriority: route.integer('regex_priority', 0, 255) ?? 0,
    plugins: parsePlugins(route, kinds, `route ${name}`),
  };
  // The only other one, v1, is Kong's for configurations older than itself.
  route.choice('path_handling', ['v0']);
  route.end();
  return entity;
}
