import { type Html, html } from '@tsmicro/web';

const width = 120;
const height = 22;

/** The last minute as a line that fills its own height; what it shows stands in numbers beside it. */
export function spark(history: readonly number[]): Html {
  const top = Math.max(...history, 0.001);
  const step = width / Math.max(1, history.length - 1);
  const points = history.map((value, i) => {
    const y = height - 1 - (Math.max(0, value) / top) * (height - 3);
    return `${(i * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false"><polyline points="${points.join(' ')}"/></svg>`;
}
