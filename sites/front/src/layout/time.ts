import { type Html, html } from '@tsmicro/web';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const minute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A moment, given as RFC 3339, for people and for machines: the day, or with `clock` also the minute; both in UTC. */
export function timeOf(moment: string, { clock = false }: { clock?: boolean } = {}): Html {
  const date = new Date(moment);
  const words = clock ? `${minute.format(date)} UTC` : day.format(date);
  return html`<time datetime="${moment}" title="${minute.format(date)} UTC">${words}</time>`;
}
