import type { TSchema } from '@tsmicro/schema';

/** What a route says of itself: all that its readers need to call it. */
export interface RouteDescription {
  /** In upper case. */
  readonly method: string;
  /** As mounted, with the controller's path: `/author/id/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly params: TSchema | undefined;
  readonly query: TSchema | undefined;
  readonly body: TSchema | undefined;
  readonly data: TSchema | undefined;
  /** The answer stands outside the envelope. */
  readonly plain: boolean;
  /** A bearer token is demanded, and any one of `roles` where there are some; undefined when the route is open to all. */
  readonly security: GuardDemand | undefined;
  /** What the handler itself may answer besides what follows from the shape, by status: `{ 404: 'blog not found' }`. */
  readonly errors: Readonly<Record<number, string>>;
}

/** What a guard demands of a caller. */
export interface GuardDemand {
  /** Any one of them suffices; with none it is enough to be signed in. */
  readonly roles: readonly string[];
}

const demands = new WeakMap<object, GuardDemand>();

/** Notes what a guard demands, so that descriptions can say it. @returns the guard */
export function demanding<G extends object>(guard: G, demand: GuardDemand = { roles: [] }): G {
  demands.set(guard, demand);
  return guard;
}

/** What these guards demand together; undefined when they demand nothing. */
export function demandOf(guards: readonly object[]): GuardDemand | undefined {
  const known = guards.map((guard) => demands.get(guard)).filter((demand) => demand !== undefined);
  return known.length === 0 ? undefined : { roles: known.flatMap(({ roles }) => roles) };
}
