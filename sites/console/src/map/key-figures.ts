import { type Html, html, type Part } from '@tsmicro/web';
import { age, count, duration, rate, share } from '../layout/figure.ts';
import { spark } from '../layout/spark.ts';
import type { RouteFigures, Snapshot } from '../watch/snapshot.ts';
import { visitors } from './geometry.ts';

interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly more: Part;
  readonly alarming?: boolean;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** What the routes of the gateway did in each of the last seconds, all together; the newest stand last. */
function historyOf(routes: readonly RouteFigures[]): number[] {
  const length = Math.max(0, ...routes.map(({ history }) => history.length));
  return Array.from({ length }, (_, i) =>
    sum(routes.map(({ history }) => history[i - (length - history.length)] ?? 0)),
  );
}

function keyFigures({ lines, routes, nodes, relays, parked }: Snapshot): KeyFigure[] {
  const entries = lines.filter(({ from }) => from === visitors);
  const perSec = sum(entries.map((line) => line.perSec));
  const errorsPerSec = sum(entries.map((line) => line.errorsPerSec));
  const p95s = entries.flatMap(({ p95Ms }) => p95Ms ?? []);
  const gateways = new Set(nodes.filter(({ kind }) => kind === 'gateway').map(({ name }) => name));
  const history = historyOf(routes.filter(({ service }) => gateways.has(service)));
  const waiting = sum(relays.map((relay) => relay.waiting));
  const oldestSec = Math.max(0, ...relays.map((relay) => relay.oldestSec));
  return [
    { name: 'Requests', value: `${rate(perSec)}/s`, more: history.length > 1 && spark(history) },
    {
      name: 'Errors',
      value: `${rate(errorsPerSec)}/s`,
      more: perSec > 0 ? `${share(errorsPerSec / perSec)} of the requests` : 'no requests',
      alarming: errorsPerSec > 0,
    },
    {
      name: 'Gateway p95',
      value: duration(p95s.length === 0 ? undefined : Math.max(...p95s)),
      more: '95 of 100 are answered within',
    },
    {
      name: 'Events waiting',
      value: count(waiting),
      more: [
        waiting > 0 && `the oldest for ${age(oldestSec * 1_000)}`,
        waiting === 0 && 'all are published',
        parked.length > 0 && html` · <a href="/console/events#parked">${count(parked.length)} parked</a>`,
      ],
      alarming: oldestSec > 10,
    },
  ];
}

const tile = ({ name, value, more, alarming }: KeyFigure) =>
  html`<div class="key${alarming === true && ' alarming'}"><dt>${name}</dt><dd class="key-value">${value}</dd><dd class="key-more">${more}</dd></div>
`;

/** What an operator looks at first. */
export const keyFigureTiles = (snapshot: Snapshot): Html =>
  html`<dl class="keys" id="keys">
${keyFigures(snapshot).map(tile)}</dl>`;
