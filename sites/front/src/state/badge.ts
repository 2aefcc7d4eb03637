import { type Html, html } from '@tsmicro/web';
import type { State } from './state.ts';

/** The badge of a state. */
export const stateBadge = ({ word, badge }: Pick<State, 'word' | 'badge'>): Html =>
  html`<span class="badge ${badge}">${word}</span>`;
