import { type FormFaults, faultSummary, type Html, html, type Page } from '@tsmicro/web';
import { timeOf } from '../layout/time.ts';
import { accountNav } from './account-nav.ts';
import { deviceWords } from './device.ts';
import type { Session } from './session.ts';

function ending({ current, id }: Session, device: string): Html {
  if (current)
    return html`<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`;
  return html`<form method="post" action="/account/sessions/end"><input type="hidden" name="id" value="${id}"><button class="quiet">End<span class="visually-hidden"> the session of ${device}</span></button></form>`;
}

function entry(session: Session): Html {
  const { current, createdAt, lastUsedAt, userAgent } = session;
  const device = deviceWords(userAgent);
  return html`<li class="session"><div>
<p class="device">${device}${current && html` <span class="badge live">this session</span>`}</p>
<p class="muted">Signed in ${timeOf(createdAt, { clock: true })}${lastUsedAt !== undefined && html`, last used ${timeOf(lastUsedAt, { clock: true })}`}</p>
</div>
${ending(session, device)}</li>`;
}

/** Where one is signed in, and how to end that. */
export function sessionsPage(
  sessions: readonly Session[],
  faults?: FormFaults,
  status = faults?.status ?? 200,
): Page {
  const main = html`<h1>Your account</h1>
${accountNav('sessions')}
${faults !== undefined && faultSummary(faults)}
<p>These are the places where you are signed in. If you do not know one, end it and change your password.</p>
<ul class="sessions">${sessions.map(entry)}</ul>
${sessions.length > 1 && html`<form method="post" action="/account/sessions/end-others" class="actions"><button class="quiet">End all other sessions</button></form>`}`;
  return { title: 'Your sessions', main, status };
}
