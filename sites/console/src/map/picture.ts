import { type Html, html, type Part } from '@tsmicro/web';
import { age, memory, rate } from '../layout/figure.ts';
import type { MapLine, MapNode } from '../watch/snapshot.ts';
import { type Box, drawMap, type Wire } from './geometry.ts';
import { healthShape, healthWord } from './health.ts';

const charactersPerLine = 36;

/** A text in a picture does not wrap: what is too long ends in dots, and stands whole in the table. */
const cut = (text: string, length = charactersPerLine) =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** All speak HTTP: only where is of interest. */
export const shortAddress = (address: string) => address.replace(/^https?:\/\//, '');

/** How fast the dashes of a line move, from standing still to in a hurry. */
function flowOf(perSec: number): number {
  return perSec <= 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(Math.max(1, perSec))));
}

/** Half a unit is the least that an eye tells apart: smaller steps would only flicker. */
const strokeOf = (perSec: number) => Math.round((1 + Math.log10(1 + perSec) * 1.6) * 2) / 2;

function wireDrawing({ line, path }: Wire): Html {
  const flow = flowOf(line.perSec);
  const failing = line.errorsPerSec > 0 && ' failing';
  return html`<g class="wire wire-${line.kind}${failing}"><path class="track" d="${path}" stroke-width="${strokeOf(line.perSec)}" marker-end="url(#arrow${failing && '-failing'})"/>${flow > 0 && html`<path class="flow flow-${flow}" d="${path}"/>`}</g>
`;
}

function wireLabel({ line, labelX, labelY }: Wire): Html {
  const failing = line.errorsPerSec > 0;
  return html`<text class="wire-label${line.perSec <= 0 && ' quiet'}" x="${labelX}" y="${labelY - 4}">${rate(line.perSec)}/s</text>${failing && html`<text class="wire-label errors" x="${labelX}" y="${labelY + 11}">${rate(line.errorsPerSec)} errors/s</text>`}
`;
}

/** What a box says below its name. */
function wordsOf(node: MapNode, at: number): string[] {
  const long = age(at - node.since);
  const health = node.health === 'up' ? `up for ${long}` : `${healthWord[node.health]} for ${long}`;
  const place = [
    node.address === undefined ? undefined : shortAddress(node.address),
    node.memoryMiB === undefined ? undefined : memory(node.memoryMiB),
  ];
  const identity = node.instance === undefined ? undefined : `instance ${node.instance.slice(-8)}`;
  const lines = [
    health,
    place.filter((part) => part !== undefined).join(' · '),
    node.note ?? [node.version, identity].filter((part) => part !== undefined).join(' · '),
  ];
  return lines.filter((line) => line !== '');
}

function boxDrawing({ x, y, width, height, node }: Box, at: number): Html {
  const frame = html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
  if (node === undefined) {
    const middle = y + height / 2 + 5;
    return html`<g class="box box-visitors">${frame}<text class="box-name middle" x="${x + width / 2}" y="${middle}">Visitors</text></g>
`;
  }
  const words = wordsOf(node, at);
  const first = y + height / 2 - (words.length * 17) / 2 + 5;
  const rows = words.map(
    (text, i) => html`<text class="box-word" x="${x + 14}" y="${first + 18 + i * 17}">${cut(text)}</text>`,
  );
  const pace: Part =
    node.perSec !== undefined &&
    html`<text class="box-rate" x="${x + width - 12}" y="${first}">${rate(node.perSec)}/s</text>`;
  return html`<g class="box box-${node.kind} is-${node.health}">${frame}${healthShape(node.health, x + 12, first - 12)}<text class="box-name" x="${x + 33}" y="${first}">${cut(node.name, 18)}</text>${pace}${rows}</g>
`;
}

const heads: readonly (readonly [x: number, text: string])[] = [
  [54, 'Visitors'],
  [306, 'Gateway'],
  [696, 'Sites and services'],
  [1_121, 'Messages and data'],
];

const arrow = (id: string) =>
  html`<marker id="${id}" class="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .5 7.5 4 0 7.5Z"/></marker>`;

/** The system as a picture; whoever cannot see it finds the same facts in the tables. */
export function picture(nodes: readonly MapNode[], lines: readonly MapLine[], at: number): Html {
  const { width, height, boxes, wires } = drawMap(nodes, lines);
  return html`<div class="picture" id="picture" role="region" aria-label="System map" tabindex="0">
<svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="map-title">
<title id="map-title">Visitors ask the gateway, the gateway asks sites and services, and these ask NATS, databases and Redis. The tables below say the same.</title>
<defs>${arrow('arrow')}${arrow('arrow-failing')}</defs>
${heads.map(([x, text]) => html`<text class="map-head" x="${x}" y="14">${text}</text>`)}
${wires.map(wireDrawing)}${boxes.map((box) => boxDrawing(box, at))}${wires.map(wireLabel)}</svg>
</div>`;
}
