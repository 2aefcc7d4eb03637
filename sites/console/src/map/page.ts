import { html } from '@tsmicro/web';
import type { View } from '../layout/view.ts';
import { lineTable, nodeTable } from './facts.ts';
import { keyFigureTiles } from './key-figures.ts';
import { picture } from './picture.ts';
import { trouble } from './trouble.ts';

/** The system as a map, and the same facts as tables. */
export const mapView: View = {
  name: 'map',
  path: '/console',
  title: 'System map',
  lead: 'Every part of the system that runs now, how it is, and who asks whom.',
  render(snapshot) {
    const { nodes, lines, at } = snapshot;
    return html`${keyFigureTiles(snapshot)}
${trouble(nodes)}
${picture(nodes, lines, at)}
<h2>Parts</h2>
${nodeTable(nodes, at)}
<h2>Lines</h2>
${lineTable(lines, nodes)}`;
  },
};
