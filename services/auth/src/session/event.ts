import { sessionRevoked } from '@tsmicro/contracts-auth';
import { createEvent } from '@tsmicro/micro';

/** Sessions that one event names. */
const maxNamed = 1_000;

/** What is told when the tokens of these sessions of one user, by their primary keys, are dead: nothing, or one event. */
export function revocationsOf(userId: string, sessions: readonly string[]) {
  if (sessions.length === 0) return [];
  // All of the user's, where they are too many for an event: who hears of that asks anew about the others.
  const named = sessions.length > maxNamed ? {} : { sessions: [...sessions] };
  return [createEvent(sessionRevoked, userId, { user: userId, ...named })];
}
