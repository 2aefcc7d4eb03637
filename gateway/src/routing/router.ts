import type { HostPattern } from './host-pattern.ts';
import type { PathPattern } from './path-pattern.ts';

/** What a router needs to know of a route. */
export interface Routable {
  readonly paths: readonly PathPattern[];
  readonly hosts: readonly HostPattern[];
  readonly methods: readonly string[];
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly stripPath: boolean;
  readonly regexPriority: number;
}

/** What a router needs to know of a request. */
export interface Routed {
  /** Normalised. */
  readonly path: string;
  readonly method: string;
  readonly host: string;
  /** The value of a header by its lower-case name. */
  header(name: string): string | undefined;
}

/** A route that was found for a request. */
export interface RouteMatch<R extends Routable> {
  readonly route: R;
  /** What is left of the path, stripped where the route says so; for {@link toServicePath}. */
  readonly rest: string;
}

interface Candidate<R> {
  readonly route: R;
  /** Of a route without paths: matches any, and takes nothing off. */
  readonly pattern: PathPattern;
  /** Whether the path is all that counts. */
  readonly byPathAlone: boolean;
}

const anyPath: PathPattern = { text: '', kind: 'prefix', match: () => 0 };

/** By what Kong's default router (traditional_compatible) orders routes, the more important first. */
function rankOf({ route, pattern }: Candidate<Routable>): number[] {
  const { hosts, methods, paths, headers, regexPriority } = route;
  const headerCount = Object.keys(headers).length;
  const attributes = [hosts.length, methods.length, paths.length, headerCount].filter((count) => count > 0);
  const regex = pattern.kind === 'regex';
  return [
    attributes.length,
    Number(hosts.length > 0 && hosts.every(({ plain }) => plain)),
    headerCount,
    Number(regex),
    regex ? regexPriority : 0,
    regex ? 0 : pattern.text.length,
  ];
}

function inOrder(a: { rank: number[] }, b: { rank: number[] }): number {
  const differing = a.rank.findIndex((value, index) => value !== b.rank[index]);
  return differing === -1 ? 0 : (b.rank[differing] ?? 0) - (a.rank[differing] ?? 0);
}

function isMeant({ hosts, methods, headers }: Routable, request: Routed): boolean {
  if (methods.length > 0 && !methods.includes(request.method)) return false;
  if (hosts.length > 0) {
    const host = request.host.toLowerCase();
    if (!hosts.some((pattern) => pattern.matches(host))) return false;
  }
  return Object.entries(headers).every(([name, values]) =>
    values.includes((request.header(name) ?? '').toLowerCase()),
  );
}

function toCandidates<R extends Routable>(route: R): Candidate<R>[] {
  const byPathAlone =
    route.hosts.length === 0 && route.methods.length === 0 && Object.keys(route.headers).length === 0;
  const patterns = route.paths.length > 0 ? route.paths : [anyPath];
  return patterns.map((pattern) => ({ route, pattern, byPathAlone }));
}

/** Finds the route of a request, in the order in which Kong tries them; what ranks alike, as it stands in the file. */
export class Router<R extends Routable> {
  readonly #candidates: readonly Candidate<R>[];

  constructor(routes: readonly R[]) {
    this.#candidates = routes
      .flatMap(toCandidates)
      .map((candidate) => ({ candidate, rank: rankOf(candidate) }))
      .sort(inOrder)
      .map(({ candidate }) => candidate);
  }

  find(request: Routed): RouteMatch<R> | undefined {
    const { path } = request;
    for (const { route, pattern, byPathAlone } of this.#candidates) {
      const length = pattern.match(path);
      if (length === -1 || !(byPathAlone || isMeant(route, request))) continue;
      return { route, rest: route.stripPath ? path.slice(length) : path };
    }
    return undefined;
  }
}
