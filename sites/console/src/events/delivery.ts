import { type Html, html } from '@tsmicro/web';
import { age, count, unknown } from '../layout/figure.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf } from '../layout/view.ts';
import type { ConsumerFigures, RelayFigures } from '../watch/snapshot.ts';

const relayColumns: readonly Column[] = [
  { label: 'Outbox of' },
  { label: 'Instance' },
  { label: 'Waiting', numeric: true },
  { label: 'Oldest waits for', numeric: true },
  { label: 'Published', numeric: true },
];

/** What waits in the outboxes: events that are written, but not out yet. */
export function relayTable(relays: readonly RelayFigures[]): Html {
  const rows = relays.map(({ service, instance, waiting, oldestSec, published }) => ({
    id: idOf('relay', service, instance),
    cells: [
      service,
      html`<code>${instance.slice(-8)}</code>`,
      waiting > 0 ? html`<strong>${count(waiting)}</strong>` : '0',
      waiting > 0 ? age(oldestSec * 1_000) : unknown,
      count(published),
    ],
  }));
  return table({ caption: 'Outboxes', columns: relayColumns, rows, empty: 'No outbox reports now.' });
}

const consumerColumns: readonly Column[] = [
  { label: 'Consumer' },
  { label: 'Service' },
  { label: 'Before it', numeric: true },
  { label: 'Handled', numeric: true },
  { label: 'Failed tries', numeric: true },
  { label: 'Parked', numeric: true },
];

const alarming = (number: number) => (number > 0 ? html`<strong class="bad">${count(number)}</strong>` : '0');

/** What the consumers have done, and have before them. */
export function consumerTable(consumers: readonly ConsumerFigures[]): Html {
  const rows = consumers.map(({ name, service, pending, handled, failed, parked }) => ({
    id: idOf('consumer', name),
    cells: [name, service, count(pending), count(handled), alarming(failed), alarming(parked)],
  }));
  return table({ caption: 'Consumers', columns: consumerColumns, rows, empty: 'No consumer reports now.' });
}
