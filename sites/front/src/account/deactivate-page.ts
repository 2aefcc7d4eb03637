import { type FormFaults, faultSummary, html, type Page, type Person } from '@tsmicro/web';

/** Asks whether the account is to be deactivated. */
export function deactivatePage({ email }: Person, faults?: FormFaults, status = faults?.status ?? 200): Page {
  const main = html`<div class="sheet">
<h1>Deactivate your account?</h1>
${faults !== undefined && faultSummary(faults)}
<p>You are signed out everywhere at once, and <strong>${email}</strong> can no longer sign in. Only an administrator can bring
the account back. Your articles and comments stay, under your name.</p>
<form method="post" action="/account/deactivate" class="actions">
<button class="danger">Deactivate it</button>
<a href="/account">Keep it</a>
</form>
</div>`;
  return { title: 'Deactivate your account', main, status };
}
