import { Type } from '@tsmicro/schema';
import { type Answer, attempt, type FormFaults, redirect, type Visit } from '@tsmicro/web';
import type { PageMount } from '../layout/section.ts';
import { Session } from './session.ts';
import { sessionsPage } from './sessions-page.ts';

const Sessions = Type.Array(Session);
const path = '/account/sessions';

async function list(visit: Visit, faults?: FormFaults): Promise<Answer> {
  visit.requirePerson();
  return sessionsPage(
    await visit.api.get('/auth/sessions', Sessions),
    faults,
    faults === undefined ? 200 : 400,
  );
}

async function end(visit: Visit): Promise<Answer> {
  visit.requirePerson();
  const id = encodeURIComponent(visit.form.text('id'));
  const known = [{ message: /^session not found$/, words: 'That session has ended already.' }];
  const outcome = await attempt(() => visit.api.delete(`/auth/sessions/id/${id}`), {}, known);
  return 'faults' in outcome ? list(visit, outcome.faults) : redirect(path, 'The session is ended.');
}

async function endOthers(visit: Visit): Promise<Answer> {
  visit.requirePerson();
  const outcome = await attempt(() => visit.api.delete('/auth/sessions'), {});
  return 'faults' in outcome ? list(visit, outcome.faults) : redirect(path, 'All other sessions are ended.');
}

/** Registers the list of one's sessions, and their ends. */
export function mountSessions(site: PageMount): void {
  site.get(path, (visit) => list(visit));
  site.post(`${path}/end`, end);
  site.post(`${path}/end-others`, endOthers);
}
