import { type Html, html } from '@tsmicro/web';
import { moment } from '../layout/moment.ts';
import { idOf } from '../layout/view.ts';
import type { ParkedView } from '../watch/snapshot.ts';

/** Where a form sends a parked event again. */
export const againPath = (sequence: number | string) => `/console/events/parked/${sequence}/again`;

function entry({ sequence, service, consumer, type, reason, tries, parkedAt, data }: ParkedView): Html {
  return html`<li class="parked" id="${idOf('parked', String(sequence))}">
<div class="parked-head"><h3>${type}</h3><form method="post" action="${againPath(sequence)}"><button type="submit">Send again<span class="visually-hidden">: ${type}, no. ${sequence}</span></button></form></div>
<p><strong>${consumer}</strong> of ${service} gave it up after ${tries} ${tries === 1 ? 'try' : 'tries'}, at ${moment(parkedAt)} UTC. Why: <span class="reason">${reason === '' ? 'not said' : reason}</span></p>
<details id="${idOf('parked-data', String(sequence))}"><summary>What it was given (no. ${sequence})</summary><pre>${data}</pre></details>
</li>
`;
}

/** Events that a consumer gave up: each to be looked at, and to be sent again. */
export function parkedList(parked: readonly ParkedView[]): Html {
  if (parked.length === 0)
    return html`<p class="empty">No event is parked: every consumer handled what it was given.</p>`;
  return html`<p>Sent again, an event goes to the consumer that gave it up and to no other. It stays here until that has handled it.</p>
<ul class="parked-list">
${parked.map(entry)}</ul>`;
}
