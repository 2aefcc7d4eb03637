import { RoleCode } from '@tsmicro/contracts-auth';
import { attempt, ownPath, redirect, SignedIn, type Site } from '@tsmicro/web';
import { signInLabels, signInPage } from './page.ts';

const home = '/console';

/** Signs people in to the console and out of it. */
export function mountSession(site: Site): void {
  site.get('/console/sign-in', (visit) => {
    const back = ownPath(visit.query.get('back'), home);
    return visit.person?.roles.includes(RoleCode.Admin) ? redirect(back) : signInPage({ back });
  });

  site.post('/console/sign-in', async (visit) => {
    const { form, api } = visit;
    const back = ownPath(form.text('back'), home);
    const email = form.text('email').trim();
    const credentials = { email, password: form.text('password') };
    const signedIn = await attempt(() => api.post('/auth/signin/basic', credentials, SignedIn), signInLabels);
    if ('faults' in signedIn) return signInPage({ back, email, faults: signedIn.faults });
    await visit.signIn(signedIn.value.data);
    return redirect(back);
  });

  site.post('/console/sign-out', async (visit) => {
    // Whatever comes of it at auth, this session ends here.
    if (visit.person !== undefined) await attempt(() => visit.api.delete('/auth/signout'), {});
    await visit.signOut();
    return redirect(home, 'You are signed out.');
  });
}
