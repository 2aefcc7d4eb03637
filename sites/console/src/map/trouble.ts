import { type Html, html } from '@tsmicro/web';
import { timeOfDay } from '../layout/moment.ts';
import type { MapNode } from '../watch/snapshot.ts';
import { healthLabel } from './health.ts';

const line = ({ name, instance, health, since, note }: MapNode) =>
  html`<li>${healthLabel(health)} <strong>${name}</strong>${instance !== undefined && ` ${instance.slice(-8)}`} since ${timeOfDay(since)}${note !== undefined && ` – ${note}`}</li>`;

/** What is not well, in words that a screen reader says when they change. */
export function trouble(nodes: readonly MapNode[]): Html {
  const ill = nodes.filter(({ health }) => health !== 'up');
  const content =
    ill.length === 0
      ? html`<p>${healthLabel('up', `All ${nodes.length} parts of the system are up.`)}</p>`
      : html`<ul>${ill.map(line)}</ul>`;
  return html`<div class="trouble${ill.length > 0 && ' has-trouble'}" id="trouble" role="status">${content}</div>`;
}
