import { type Html, html } from '@tsmicro/web';
import type { NodeHealth } from '../watch/snapshot.ts';

/** How a health is called. */
export const healthWord: Readonly<Record<NodeHealth, string>> = {
  up: 'up',
  degraded: 'degraded',
  down: 'down',
  gone: 'gone',
};

/** Each health has a shape of its own, so that none is told by its colour alone. */
const shapes: Readonly<Record<NodeHealth, Html>> = {
  up: html`<circle cx="7" cy="7" r="5.5"/>`,
  degraded: html`<path d="M7 1 13.5 13H.5Z"/>`,
  down: html`<path d="M1 3.5 3.5 1 7 4.5 10.5 1 13 3.5 9.5 7 13 10.5 10.5 13 7 9.5 3.5 13 1 10.5 4.5 7Z"/>`,
  gone: html`<circle cx="7" cy="7" r="5.2"/>`,
};

/** The shape of a health within a drawing, 14 wide and high. */
export const healthShape = (health: NodeHealth, x: number, y: number): Html =>
  html`<g class="health health-${health}" transform="translate(${x} ${y})">${shapes[health]}</g>`;

/** A health in running text: shape and words. */
export const healthLabel = (health: NodeHealth, words = healthWord[health]): Html =>
  html`<span class="health-label"><svg class="health health-${health}" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">${shapes[health]}</svg>${words}</span>`;
