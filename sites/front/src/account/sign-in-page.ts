import { type FormFaults, faultSummary, field, html, type Page } from '@tsmicro/web';

/** What was typed into the form. */
export interface SignInForm {
  readonly email: string;
  /** Where to go afterwards: a path of this site. */
  readonly back: string;
}

/** What the fields of signing in and up are called. */
export const accountLabels = {
  email: 'Email',
  password: 'Password',
  name: 'Name',
  profilePicUrl: 'Picture',
} as const;

/** The way back, as the query of a link. */
export const backQuery = (back: string) => (back === '/' ? '' : `?back=${encodeURIComponent(back)}`);

/** The form to sign in by. */
export function signInPage(
  { email, back }: SignInForm,
  faults?: FormFaults,
  status = faults?.status ?? 200,
): Page {
  const main = html`<div class="sheet">
<h1>Sign in</h1>
${faults !== undefined && faultSummary(faults)}
<form method="post" action="/sign-in">
<input type="hidden" name="back" value="${back}">
${field({ name: 'email', label: accountLabels.email, type: 'email', value: email, fault: faults?.of('email'), required: true, maxLength: 254, autocomplete: 'username' })}
${field({ name: 'password', label: accountLabels.password, type: 'password', fault: faults?.of('password'), required: true, autocomplete: 'current-password' })}
<div class="actions"><button>Sign in</button></div>
</form>
<p>New here? <a href="/sign-up${backQuery(back)}">Make an account</a></p>
</div>`;
  return { title: 'Sign in', main, status };
}
