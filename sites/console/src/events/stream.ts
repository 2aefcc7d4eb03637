import { type Html, html } from '@tsmicro/web';
import { timeOfDay } from '../layout/moment.ts';
import { idOf } from '../layout/view.ts';
import type { SeenEvent } from '../watch/snapshot.ts';
import { readableJson } from './json.ts';

const shownAtMost = 50;

function when(time: string): Html {
  const at = Date.parse(time);
  return Number.isNaN(at) ? html`${time}` : timeOfDay(at);
}

function entry({ id, type, source, time, sequence, data }: SeenEvent): Html {
  return html`<details class="event" id="${idOf('event', id)}">
<summary><span class="when">${when(time)}</span><span class="what">${type}</span><span class="way">${source}${sequence !== undefined && ` · no. ${sequence}`}</span></summary>
<p class="trace-id">Event <code>${id}</code></p>
<pre>${readableJson(data)}</pre>
</details>
`;
}

/** The newest events of the stream, newest first. */
export function eventStream(events: readonly SeenEvent[]): Html {
  const shown = events.slice(0, shownAtMost);
  if (shown.length === 0) return html`<p class="empty">No event yet. They show here as they happen.</p>`;
  return html`<div class="events" id="stream">
${shown.map(entry)}</div>`;
}
