import { type Html, html } from '@tsmicro/web';
import { count, duration } from '../layout/figure.ts';
import { timeOfDay } from '../layout/moment.ts';
import { idOf, linkTo, type View } from '../layout/view.ts';
import type { Trace } from '../watch/snapshot.ts';
import { waterfall } from './waterfall.ts';

const path = '/console/slow';
/** More are not looked through, and would only make the page heavy. */
const shownAtMost = 20;

const orders = [
  ['slowest', 'Slowest first'],
  ['newest', 'Newest first'],
] as const;
const usualOrder = 'slowest';

function orderChoice(current: string): Html {
  const link = ([order, label]: (typeof orders)[number]) =>
    html`<li><a href="${linkTo(path, { order: order === usualOrder ? '' : order })}"${order === current && html` aria-current="true"`}>${label}</a></li>`;
  return html`<nav class="tabs" aria-label="Order"><ul>${orders.map(link)}</ul></nav>`;
}

function statusOf({ status }: Trace): Html | false {
  if (status === undefined) return false;
  return status < 400
    ? html`<span class="status">${status}</span>`
    : html`<strong class="status bad">${status}</strong>`;
}

/** What was asked: the gateway knows a request by the service that it went to, that service by its route. */
function whatOf({ name, spans }: Trace): string {
  const [root] = spans;
  const inner = spans.find(({ kind, service }) => kind === 'http.server' && service !== root?.service);
  return inner === undefined ? name : `${name} → ${inner.name.replace(/^[A-Z]+ /, '')}`;
}

function entry(trace: Trace): Html {
  const services = new Set(trace.spans.map(({ service }) => service));
  const pieces = trace.spans.length === 1 ? '1 piece' : `${count(trace.spans.length)} pieces`;
  const way = `${pieces} of work in ${[...services].join(', ') || 'no process'}`;
  return html`<details class="trace" id="${idOf('trace', trace.id)}">
<summary><span class="took">${duration(trace.durationMs)}</span><span class="what">${whatOf(trace)}</span>${statusOf(trace)}<span class="when">${timeOfDay(trace.startedAt)}</span><span class="way">${way}</span></summary>
<p class="trace-id">Trace <code>${trace.id}</code></p>
${waterfall(trace)}
</details>
`;
}

/** Requests that took long, each with the way it took. */
export const slowView: View = {
  name: 'slow',
  path,
  title: 'Slow requests',
  lead: 'The slowest of late, each with the way it took: gateway, HTTP, NATS and databases. They are collected only while somebody looks.',
  render({ slow }, query) {
    const order = query.get('order') === 'newest' ? 'newest' : usualOrder;
    const traces = slow.toSorted((a, b) =>
      order === 'slowest' ? b.durationMs - a.durationMs : b.startedAt - a.startedAt,
    );
    const shown = traces.slice(0, shownAtMost);
    return html`${orderChoice(order)}
<div class="traces" id="traces">
${shown.length === 0 ? html`<p class="empty">None yet. They show here a moment after somebody asks something.</p>` : shown.map(entry)}
</div>`;
  },
};
