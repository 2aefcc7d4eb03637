import type { Visit } from '@tsmicro/web';

/**
 * Whether a person holds a role. Before the answer is no, the person is read again: the role may have been given a moment ago.
 * @throws SignInNeededError when nobody is signed in; ApiError when the answer would be no and cannot be had
 */
export async function holdsRole(visit: Visit, role: 'AUTHOR' | 'EDITOR'): Promise<boolean> {
  if (visit.requirePerson().roles.includes(role)) return true;
  await visit.refreshPerson();
  return visit.requirePerson().roles.includes(role);
}
