import { type Html, html, type Part } from '@tsmicro/web';
import { age, duration, memory, rate, unknown } from '../layout/figure.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf, linkTo } from '../layout/view.ts';
import type { MapLine, MapNode } from '../watch/snapshot.ts';
import { byPlace, visitors } from './geometry.ts';
import { healthLabel } from './health.ts';
import { shortAddress } from './picture.ts';

const nodeColumns: readonly Column[] = [
  { label: 'Part' },
  { label: 'Health' },
  { label: 'For', numeric: true },
  { label: 'Address' },
  { label: 'Version' },
  { label: 'Memory', numeric: true },
  { label: 'Requests/s', numeric: true },
  { label: 'Errors/s', numeric: true },
  { label: 'What is said', wide: true },
];

const kindWord: Readonly<Record<MapNode['kind'], string>> = {
  gateway: 'gateway',
  site: 'site',
  service: 'service',
  nats: 'messages',
  postgres: 'database',
  mongo: 'database',
  redis: 'cache',
};

function nameOf({ name, kind, instance }: MapNode): Part {
  const serves = kind === 'gateway' || kind === 'site' || kind === 'service';
  const shown = serves ? html`<a href="${linkTo('/console/traffic', { service: name })}">${name}</a>` : name;
  const which = instance === undefined ? kindWord[kind] : `${kindWord[kind]} · ${instance.slice(-8)}`;
  return html`${shown} <span class="kind">${which}</span>`;
}

/** May be broken before its port, where there is no room. */
function addressOf({ address }: MapNode): Part {
  if (address === undefined) return unknown;
  const short = shortAddress(address);
  const port = short.lastIndexOf(':');
  return html`${short.slice(0, port)}<wbr>${short.slice(port)}`;
}

const errors = (perSec: number | undefined) =>
  perSec !== undefined && perSec > 0 ? html`<strong class="bad">${rate(perSec)}</strong>` : rate(perSec);

/** Every part of the system, as a table. */
export function nodeTable(nodes: readonly MapNode[], at: number): Html {
  const rows = nodes.toSorted(byPlace).map((node) => ({
    id: idOf('node', node.id),
    cells: [
      nameOf(node),
      healthLabel(node.health),
      age(at - node.since),
      addressOf(node),
      node.version ?? unknown,
      memory(node.memoryMiB),
      rate(node.perSec),
      errors(node.errorsPerSec),
      node.note ?? unknown,
    ],
  }));
  return table({ caption: 'Parts of the system', columns: nodeColumns, rows, empty: 'No part was found.' });
}

const lineColumns: readonly Column[] = [
  { label: 'Who asks' },
  { label: 'Who is asked' },
  { label: 'By' },
  { label: 'Requests/s', numeric: true },
  { label: 'Errors/s', numeric: true },
  { label: 'p95', numeric: true },
];

const lineWord: Readonly<Record<MapLine['kind'], string>> = {
  http: 'HTTP',
  nats: 'NATS',
  database: 'database',
  cache: 'cache',
};

/** Who talks to whom, as a table. */
export function lineTable(lines: readonly MapLine[], nodes: readonly MapNode[]): Html {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const called = (id: string): Part => {
    const node = byId.get(id);
    if (node === undefined) return id === visitors ? 'visitors' : id;
    const which = node.instance?.slice(-8);
    return html`${node.name}${which !== undefined && html` <span class="kind">${which}</span>`}`;
  };
  const rows = lines.map((line) => ({
    id: idOf('line', line.from, line.to, line.kind),
    cells: [
      called(line.from),
      called(line.to),
      lineWord[line.kind],
      rate(line.perSec),
      errors(line.errorsPerSec),
      duration(line.p95Ms),
    ],
  }));
  return table({ caption: 'Who asks whom', columns: lineColumns, rows, empty: 'Nobody asks anybody yet.' });
}
