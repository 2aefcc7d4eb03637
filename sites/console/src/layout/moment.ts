import { type Html, html } from '@tsmicro/web';

/** A time of day in UTC, as in logs: `12:04:31`. */
export const clock = (at: number) => new Date(at).toISOString().slice(11, 19);

/** A time of day that machines can read too. */
export const timeOfDay = (at: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}">${clock(at)}</time>`;

/** A day and its minute in UTC: `2026-03-01 12:04`. */
export function moment(rfc3339: string): Html {
  const at = new Date(rfc3339);
  if (Number.isNaN(at.getTime())) return html`${rfc3339}`;
  const iso = at.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)}</time>`;
}
