import { type Answer, attempt, ownPath, redirect, SignedIn, type Visit } from '@tsmicro/web';
import type { PageMount } from '../layout/section.ts';
import { entryFailures } from './failure.ts';
import { accountLabels, signInPage } from './sign-in-page.ts';
import { signUpPage } from './sign-up-page.ts';

const backOf = (values: { get(name: string): string | null }) => ownPath(values.get('back'));
const typedBack = ({ form }: Visit) => ownPath(form.text('back'));

async function signIn(visit: Visit): Promise<Answer> {
  const back = typedBack(visit);
  const email = visit.form.text('email').trim();
  const body = { email, password: visit.form.text('password') };
  const outcome = await attempt(
    () => visit.api.post('/auth/signin/basic', body, SignedIn),
    accountLabels,
    entryFailures,
  );
  if ('faults' in outcome) return signInPage({ email, back }, outcome.faults);
  await visit.signIn(outcome.value.data);
  return redirect(back, `You are signed in as ${outcome.value.data.user.name}.`);
}

async function signUp(visit: Visit): Promise<Answer> {
  const back = typedBack(visit);
  const [name, email] = [visit.form.text('name').trim(), visit.form.text('email').trim()];
  const body = { name, email, password: visit.form.text('password') };
  const outcome = await attempt(
    () => visit.api.post('/auth/signup/basic', body, SignedIn),
    accountLabels,
    entryFailures,
  );
  if ('faults' in outcome) return signUpPage({ name, email, back }, outcome.faults);
  await visit.signIn(outcome.value.data);
  return redirect(
    back,
    `Welcome, ${outcome.value.data.user.name}. Your account is made, and you are signed in.`,
  );
}

/** Whatever the gateway answers, this browser is signed out; where it says nothing, the session may live on elsewhere. */
async function signOut(visit: Visit): Promise<Answer> {
  if (visit.person === undefined) return redirect('/', 'You are signed out.');
  const outcome = await attempt(() => visit.api.delete('/auth/signout'), {}).catch(() => undefined);
  await visit.signOut();
  const forgotten = outcome !== undefined && 'faults' in outcome;
  return redirect(
    '/',
    forgotten
      ? 'You are signed out here. The session itself could not be ended just now; it ends by itself.'
      : 'You are signed out.',
  );
}

/** Registers signing in, up and out. */
export function mountEntry(site: PageMount): void {
  const guest = (page: (back: string) => Answer) => (visit: Visit) => {
    const back = backOf(visit.query);
    return visit.person === undefined ? page(back) : redirect(back);
  };
  site.get(
    '/sign-in',
    guest((back) => signInPage({ email: '', back })),
  );
  site.get(
    '/sign-up',
    guest((back) => signUpPage({ name: '', email: '', back })),
  );
  site.post('/sign-in', signIn);
  site.post('/sign-up', signUp);
  site.post('/sign-out', signOut);
}
