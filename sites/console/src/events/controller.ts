import { ApiError, badRequest } from '@tsmicro/network';
import { redirect, type Site } from '@tsmicro/web';
import type { Access } from '../session/access.ts';
import { againPath } from './parked.ts';

/** What the form beside a parked event is built on. */
export interface ParkedParts {
  readonly access: Access;
  /** Has the consumer that parked an event handle it now. @throws {ApiError} the consumer's; 404, 503 */
  sendAgain(sequence: number): Promise<void>;
}

/** What came of it, for the person who asked. */
function outcomeOf(error: ApiError, sequence: number): string {
  if (error.status === 404) return `Event ${sequence} is not parked any more: it was handled already.`;
  if (error.status === 503)
    return `Event ${sequence} stays parked: ${error.message}. Is the service running?`;
  return `Event ${sequence} stays parked, its consumer failed again: ${error.message}.`;
}

/** Sends a parked event again, and says in words what came of it. */
export function mountParked(site: Site, { access, sendAgain }: ParkedParts): void {
  site.post(againPath(':sequence'), async (visit) => {
    access.requireSight(visit);
    const sequence = Number(visit.params.sequence);
    if (!Number.isSafeInteger(sequence) || sequence < 1)
      throw badRequest('the number of a parked event is a whole number');
    try {
      await sendAgain(sequence);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return redirect('/console/events#parked', outcomeOf(error, sequence));
    }
    return redirect('/console/events#parked', `Event ${sequence} was handled and is parked no more.`);
  });
}
