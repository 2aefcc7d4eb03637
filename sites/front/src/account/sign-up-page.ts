import { type FormFaults, faultSummary, field, html, type Page } from '@tsmicro/web';
import { accountLabels, backQuery, type SignInForm } from './sign-in-page.ts';

/** What was typed into the form, but for the password. */
export interface SignUpForm extends SignInForm {
  readonly name: string;
}

/** The form to make an account by. */
export function signUpPage(
  { name, email, back }: SignUpForm,
  faults?: FormFaults,
  status = faults?.status ?? 200,
): Page {
  const main = html`<div class="sheet">
<h1>Make an account</h1>
<p class="lead">With one you comment on articles. The name is what others see.</p>
${faults !== undefined && faultSummary(faults)}
<form method="post" action="/sign-up">
<input type="hidden" name="back" value="${back}">
${field({ name: 'name', label: accountLabels.name, value: name, fault: faults?.of('name'), required: true, maxLength: 200, autocomplete: 'name' })}
${field({ name: 'email', label: accountLabels.email, type: 'email', value: email, fault: faults?.of('email'), hint: 'Only you and administrators see it. You sign in with it.', required: true, maxLength: 254, autocomplete: 'username' })}
${field({ name: 'password', label: accountLabels.password, type: 'password', fault: faults?.of('password'), hint: 'Long is good: four words that do not belong together, say. At most 100 characters.', required: true, autocomplete: 'new-password' })}
<div class="actions"><button>Make the account</button></div>
</form>
<p>You have one? <a href="/sign-in${backQuery(back)}">Sign in</a></p>
</div>`;
  return { title: 'Make an account', main, status };
}
