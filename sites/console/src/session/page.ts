import { type FormFaults, faultSummary, field, html, type Page } from '@tsmicro/web';

/** The names of the fields as they are shown. */
export const signInLabels = { email: 'Email', password: 'Password' };

/** What the page of sign-in shows. */
export interface SignInView {
  readonly back: string;
  readonly email?: string;
  readonly faults?: FormFaults;
}

/** Where one signs in to the console. */
export function signInPage({ back, email = '', faults }: SignInView): Page {
  return {
    title: 'Sign in',
    status: faults?.status ?? 200,
    main: html`<div class="narrow">
<h1>Sign in</h1>
<p class="lead">API keys and users are for administrators; in production the whole console is.</p>
${faults !== undefined && faultSummary(faults)}
<form method="post" action="/console/sign-in">
<input type="hidden" name="back" value="${back}">
${field({ name: 'email', label: signInLabels.email, type: 'email', value: email, fault: faults?.of('email'), required: true, autocomplete: 'username' })}
${field({ name: 'password', label: signInLabels.password, type: 'password', fault: faults?.of('password'), required: true, autocomplete: 'current-password' })}
<p><button type="submit">Sign in</button></p>
</form>
</div>`,
  };
}
