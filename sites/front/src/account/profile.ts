import { type Answer, attempt, redirect, type Visit } from '@tsmicro/web';
import type { PageMount } from '../layout/section.ts';
import { deactivatePage } from './deactivate-page.ts';
import { leaveFailures, passwordFailures } from './failure.ts';
import { passwordLabels, profilePage } from './profile-page.ts';
import { accountLabels } from './sign-in-page.ts';

async function saveProfile(visit: Visit): Promise<Answer> {
  const person = visit.requirePerson();
  const name = visit.form.text('name').trim();
  const profilePicUrl =
    visit.form.text('picture') === 'remove' ? '' : visit.form.text('profilePicUrl').trim();
  const change = { name, profilePicUrl };
  const outcome = await attempt(() => visit.api.put('/auth/profile/mine', change), accountLabels);
  if ('faults' in outcome) {
    return profilePage(person, {
      profile: change,
      profileFaults: outcome.faults,
      status: outcome.faults.status,
    });
  }
  // What is shown of the person from now on; when that cannot be read now, it is half a minute later.
  await attempt(() => visit.refreshPerson(), {});
  return redirect('/account', 'Your profile is saved.');
}

async function changePassword(visit: Visit): Promise<Answer> {
  const person = visit.requirePerson();
  const { form, api } = visit;
  const body = { currentPassword: form.text('currentPassword'), newPassword: form.text('newPassword') };
  const outcome = await attempt(
    () => api.put('/auth/profile/password', body),
    passwordLabels,
    passwordFailures,
  );
  if ('faults' in outcome)
    return profilePage(person, { passwordFaults: outcome.faults, status: outcome.faults.status });
  return redirect('/account', 'Your password is changed, and every other session has ended.');
}

async function deactivate(visit: Visit): Promise<Answer> {
  const person = visit.requirePerson();
  const outcome = await attempt(() => visit.api.delete('/auth/profile/mine'), {}, leaveFailures);
  if ('faults' in outcome) return deactivatePage(person, outcome.faults);
  await visit.signOut();
  return redirect('/', 'Your account is deactivated. What you wrote stays.');
}

/** Registers one's own profile, the change of the password, and leaving. */
export function mountProfile(site: PageMount): void {
  site.get('/account', (visit) => profilePage(visit.requirePerson()));
  site.post('/account/profile', saveProfile);
  site.post('/account/password', changePassword);
  site.get('/account/deactivate', (visit) => deactivatePage(visit.requirePerson()));
  site.post('/account/deactivate', deactivate);
}
