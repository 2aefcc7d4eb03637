import { type Json, listAt, objectAt } from './change.ts';

/** One way to be let in: schemes, each with the roles that it must bring. */
export type Way = ReadonlyMap<string, readonly string[]>;

/** The ways to be let into an operation, of which any one is enough. */
export function demandsOf(operation: Json, document: Json): Way[] {
  const ways = listAt(operation.security ?? document.security).map(
    (way): Way =>
      new Map(Object.entries(objectAt(way)).map(([scheme, roles]) => [scheme, listAt(roles).map(String)])),
  );
  return ways.length === 0 ? [new Map()] : ways;
}

/** Whether who comes this way meets the other demand too. */
export function suffices(way: Way, demand: Way): boolean {
  return [...demand].every(
    ([scheme, roles]) => roles.every((role) => way.get(scheme)?.includes(role)) && way.has(scheme),
  );
}

/** The ways in words. */
export function sayDemands(ways: readonly Way[]): string {
  const say = (way: Way) =>
    way.size === 0
      ? 'nothing'
      : Array.from(way, ([scheme, roles]) => [scheme, ...roles].join(' ')).join(' with ');
  return ways.map(say).join(' or ');
}
