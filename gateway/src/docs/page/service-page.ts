import { type Html, html, type Part } from '@tsmicro/web';
import type { ServiceReference } from '../reference/service.ts';
import { operationEntry, subjectEntry } from './entry.ts';
import { layout } from './layout.ts';
import { pageOf } from './sidebar.ts';

function group(title: string, id: string, entries: readonly Html[]): Part {
  return entries.length > 0 && html`<h2 id="${id}">${title}</h2>\n${entries}`;
}

function byTag(service: ServiceReference): Part[] {
  const tags = Map.groupBy(service.operations, ({ tag }) => tag);
  return Array.from(tags, ([tag, operations]) => group(tag, `tag-${tag}`, operations.map(operationEntry)));
}

/** The page of one service: its operations by feature, its NATS endpoints, its events. */
export function servicePage(service: ServiceReference, services: readonly ServiceReference[]): Html {
  const { name, away, version, description, subjects } = service;
  const known = version !== '';
  const main = html`<h1>${name}${known && html` <span class="version">${version}</span>`}</h1>
${away !== undefined && html`<p class="away" role="status">${name} ${away}.${known && ' This is what it said before.'}</p>`}
${
  known &&
  html`<p class="lead">${description}</p>
<p class="documents">As documents for tools: <a href="${pageOf(name)}openapi.json">OpenAPI 3.1</a>${
    subjects.length > 0 && html`, <a href="${pageOf(name)}asyncapi.json">AsyncAPI 3.0</a>`
  }</p>`
}
${byTag(service)}
${group('NATS endpoints', 'nats', subjects.filter(({ kind }) => kind === 'endpoint').map(subjectEntry))}
${group('Events', 'events', subjects.filter(({ kind }) => kind === 'event').map(subjectEntry))}`;
  return layout(`${name}: API reference`, services, name, main);
}
