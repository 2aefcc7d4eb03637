import { html } from '@tsmicro/web';
import { count } from '../layout/figure.ts';
import type { View } from '../layout/view.ts';
import { consumerTable, relayTable } from './delivery.ts';
import { parkedList } from './parked.ts';
import { eventStream } from './stream.ts';

/** The events of the system as they happen, what waits, and what was given up. */
export const eventsView: View = {
  name: 'events',
  path: '/console/events',
  title: 'Events',
  lead: 'What services tell each other, as it happens; what waits to be told, and what a consumer gave up.',
  render({ events, relays, consumers, parked }) {
    return html`<div class="halves"><section aria-labelledby="relays-head"><h2 id="relays-head">Outboxes</h2>
${relayTable(relays)}</section>
<section aria-labelledby="consumers-head"><h2 id="consumers-head">Consumers</h2>
${consumerTable(consumers)}</section></div>
<section aria-labelledby="parked"><h2 id="parked">Parked${parked.length > 0 && ` (${count(parked.length)})`}</h2>
${parkedList(parked)}</section>
<section aria-labelledby="stream-head"><h2 id="stream-head">Stream</h2>
${eventStream(events)}</section>`;
  },
};
