import { breakable, type Html, html, type Part } from '@tsmicro/web';
import { count, duration, rate, share } from '../layout/figure.ts';
import { spark } from '../layout/spark.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf, linkTo, type View } from '../layout/view.ts';
import type { CacheFigures, Figures, Snapshot } from '../watch/snapshot.ts';
import { type Order, orderOf, sorted } from './order.ts';

const path = '/console/traffic';

interface Asked {
  readonly order: Order;
  /** Empty for all. */
  readonly service: string;
}

function sortable({ order, service }: Asked, by: Order, label: string): Column {
  const numeric = by !== 'name';
  const head = html`<a href="${linkTo(path, { sort: by === 'name' ? '' : by, service })}">${label}</a>`;
  if (order !== by) return { label, numeric, head };
  return { label, numeric, head, sorted: numeric ? 'descending' : 'ascending' };
}

const columnsOf = (asked: Asked, name: string): Column[] => [
  sortable(asked, 'name', name),
  { label: 'Service' },
  { label: 'Last minute' },
  sortable(asked, 'rate', 'Requests/s'),
  sortable(asked, 'errors', 'Errors/s'),
  sortable(asked, 'p50', 'p50'),
  sortable(asked, 'p95', 'p95'),
  sortable(asked, 'p99', 'p99'),
];

const figureCells = ({ history, perSec, errorsPerSec, p50Ms, p95Ms, p99Ms }: Figures): Part[] => [
  spark(history),
  rate(perSec),
  errorsPerSec > 0 ? html`<strong class="bad">${rate(errorsPerSec)}</strong>` : rate(errorsPerSec),
  duration(p50Ms),
  duration(p95Ms),
  duration(p99Ms),
];

function routeTable({ routes }: Snapshot, asked: Asked): Html {
  const shown = routes.filter(({ service }) => asked.service === '' || service === asked.service);
  const rows = sorted(
    shown,
    asked.order,
    ({ service, route, method }) => `${service} ${route} ${method}`,
  ).map((figures) => ({
    id: idOf('route', figures.service, figures.method, figures.route),
    cells: [
      html`<span class="method">${figures.method}</span> <code>${breakable(figures.route)}</code>`,
      figures.service,
      ...figureCells(figures),
    ],
  }));
  const columns = columnsOf(asked, 'Route');
  return table({ caption: 'HTTP routes', columns, rows, empty: 'No route has been asked for yet.' });
}

function endpointTable({ endpoints }: Snapshot, asked: Asked): Html {
  const shown = endpoints.filter(({ service }) => asked.service === '' || service === asked.service);
  const rows = sorted(shown, asked.order, ({ subject }) => subject).map((figures) => ({
    id: idOf('endpoint', figures.subject),
    cells: [
      html`<code>${breakable(figures.subject)}</code>`,
      figures.service,
      ...figureCells(figures),
      count(figures.total),
    ],
  }));
  const columns = [...columnsOf(asked, 'Endpoint'), { label: 'Since start', numeric: true }];
  return table({ caption: 'NATS endpoints', columns, rows, empty: 'No service offers endpoints now.' });
}

const cacheColumns: readonly Column[] = [
  { label: 'Cache' },
  { label: 'Service' },
  { label: 'Asked/s', numeric: true },
  { label: 'Known', numeric: true },
];

function cacheTable(caches: readonly CacheFigures[], asked: Asked): Html {
  const shown = caches.filter(({ service }) => asked.service === '' || service === asked.service);
  const rows = shown.map(({ service, name, perSec, hitRatio }) => ({
    id: idOf('cache', service, name),
    cells: [name, service, rate(perSec), share(hitRatio)],
  }));
  return table({ caption: 'Caches', columns: cacheColumns, rows, empty: 'No cache has been asked yet.' });
}

function serviceFilter({ routes, endpoints }: Snapshot, { order, service: current }: Asked): Html {
  const names = [...new Set([...routes, ...endpoints].map(({ service }) => service))].sort();
  const sort = order === 'name' ? '' : order;
  const link = (service: string, label: string) =>
    html`<li><a href="${linkTo(path, { sort, service })}"${service === current && html` aria-current="true"`}>${label}</a></li>`;
  return html`<nav class="tabs" aria-label="Service"><ul>${link('', 'All services')}${names.map((name) => link(name, name))}</ul></nav>`;
}

/** What is asked of every route and every endpoint. */
export const trafficView: View = {
  name: 'traffic',
  path,
  title: 'Traffic',
  lead: 'What is asked of every HTTP route and every NATS endpoint, over all instances. A column’s head sorts by it.',
  render(snapshot, query) {
    const asked = { order: orderOf(query), service: query.get('service') ?? '' };
    return html`${serviceFilter(snapshot, asked)}
<h2>HTTP routes</h2>
${routeTable(snapshot, asked)}
<h2>NATS endpoints</h2>
${endpointTable(snapshot, asked)}
<h2>Caches</h2>
${cacheTable(snapshot.caches, asked)}`;
  },
};
