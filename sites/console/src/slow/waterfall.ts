import { breakable, type Html, html } from '@tsmicro/web';
import { duration } from '../layout/figure.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf } from '../layout/view.ts';
import type { Span, SpanKind, Trace } from '../watch/snapshot.ts';

const kindWord: Readonly<Record<SpanKind, string>> = {
  'http.server': 'answers',
  'http.client': 'asks over HTTP',
  'nats.server': 'answers over NATS',
  'nats.client': 'asks over NATS',
  postgres: 'in PostgreSQL',
  mongo: 'in MongoDB',
  redis: 'in Redis',
};

/** Bars of one kind have one look. */
const barOf: Readonly<Record<SpanKind, string>> = {
  'http.server': 'http',
  'http.client': 'http',
  'nats.server': 'nats',
  'nats.client': 'nats',
  postgres: 'database',
  mongo: 'database',
  redis: 'cache',
};

const columns: readonly Column[] = [
  { label: 'Work' },
  { label: 'When', wide: true },
  { label: 'From', numeric: true },
  { label: 'Took', numeric: true },
  { label: 'Outcome' },
];

const scale = 1_000;
const deepest = 8;

/** How many spans a span stands below. */
function depths(spans: readonly Span[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { id, parentId } of spans) {
    const above = parentId === undefined ? undefined : found.get(parentId);
    found.set(id, above === undefined ? 0 : Math.min(deepest, above + 1));
  }
  return found;
}

function bar({ kind, startMs, durationMs }: Span, totalMs: number): Html {
  const unit = scale / Math.max(totalMs, 0.001);
  const x = Math.min(scale - 4, Math.max(0, startMs * unit));
  const width = Math.max(4, Math.min(scale - x, durationMs * unit));
  return html`<svg class="bar bar-${barOf[kind]}" viewBox="0 0 ${scale} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="bar-ground" x="0" y="4.5" width="${scale}" height="1"/><rect class="bar-time" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/></svg>`;
}

function outcomeOf({ status, outcome }: Span): Html {
  const said = status === undefined || outcome.includes(String(status)) ? outcome : `${status} ${outcome}`;
  const good = outcome === 'ok' || (status !== undefined && status < 400);
  return html`<span class="outcome">${good ? said : html`<strong class="bad">${said}</strong>`}</span>`;
}

/** The way of a request: each piece of work below the one that asked for it, over the same span of time. */
export function waterfall({ id, spans, durationMs, name }: Trace): Html {
  const depthOf = depths(spans);
  const rows = spans.map((span) => ({
    id: idOf('span', id, span.id),
    cells: [
      html`<span class="depth depth-${depthOf.get(span.id)}"><code>${breakable(span.name)}</code> <span class="kind">${span.service} ${kindWord[span.kind]}</span></span>`,
      bar(span, durationMs),
      duration(span.startMs),
      duration(span.durationMs),
      outcomeOf(span),
    ],
  }));
  return table({
    caption: `The way of ${name}`,
    columns,
    rows,
    empty: 'None of its work was seen: it began before anybody looked.',
  });
}
