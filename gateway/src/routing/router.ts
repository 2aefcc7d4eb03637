import type { PathPattern } from './path-pattern.ts';

/** What a router needs to know of a route. */
export interface Routable {
  readonly paths: readonly PathPattern[];
  readonly stripPath: boolean;
  readonly regexPriority: number;
}

/** A route that was found for a path. */
export interface RouteMatch<R extends Routable> {
  readonly route: R;
  /** The path as the service sees it: stripped where the route says so, always beginning with "/". */
  readonly path: string;
}

interface Candidate<R> {
  readonly route: R;
  readonly pattern: PathPattern;
}

/**
 * The order in which Kong's default router (traditional_compatible) tries paths: regular expressions first, the
 * higher regex_priority before the lower, the longer before the shorter, then as they stand in the file.
 */
function inOrder(a: Candidate<Routable>, b: Candidate<Routable>): number {
  if (a.pattern.kind !== b.pattern.kind) return a.pattern.kind === 'regex' ? -1 : 1;
  return b.route.regexPriority - a.route.regexPriority || b.pattern.text.length - a.pattern.text.length;
}

/** Finds the route of a normalised path. */
export class Router<R extends Routable> {
  readonly #candidates: readonly Candidate<R>[];

  constructor(routes: readonly R[]) {
    this.#candidates = routes
      .flatMap((route) => route.paths.map((pattern) => ({ route, pattern })))
      .sort(inOrder);
  }

  find(path: string): RouteMatch<R> | undefined {
    for (const { route, pattern } of this.#candidates) {
      const length = pattern.match(path);
      if (length === -1) continue;
      const rest = route.stripPath ? path.slice(length) : path;
      return { route, path: rest.startsWith('/') ? rest : `/${rest}` };
    }
    return undefined;
  }
}
