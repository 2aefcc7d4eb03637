import { type Html, html, type Page } from '@tsmicro/web';
import { unknown } from '../layout/figure.ts';
import { moment } from '../layout/moment.ts';
import { pager } from '../layout/pager.ts';
import { type Column, table } from '../layout/table.ts';
import { idOf } from '../layout/view.ts';
import type { ApiKey } from './dto.ts';

/** The address of the list, above that of every key. */
export const keysPath = '/console/keys';

/** The address of a key. */
export const keyPath = (id: string) => `${keysPath}/${encodeURIComponent(id)}`;

/** What a key is called; of one that was given by its hash no character is known. */
export const nameOf = ({ prefix, id }: ApiKey) => (prefix === '' ? `id ${id.slice(0, 8)}` : `${prefix}…`);

const columns: readonly Column[] = [
  { label: 'Key' },
  { label: 'For' },
  { label: 'Permissions' },
  { label: 'State' },
  { label: 'Made' },
  { label: 'Last used' },
  { label: 'Ends' },
];

/** Whether a key opens the gateway, by sign and word. */
export const keyState = ({ active }: ApiKey): Html =>
  active
    ? html`<span class="state state-on">in force</span>`
    : html`<span class="state state-off">over</span>`;

const rowOf = (key: ApiKey) => ({
  id: idOf('key', key.id),
  cells: [
    html`<a href="${keyPath(key.id)}"><code>${nameOf(key)}</code><span class="visually-hidden"> look after it</span></a>${key.version > 1 && html` <span class="kind">version ${key.version}</span>`}`,
    key.comments.join(' · ') || unknown,
    key.permissions.join(', '),
    keyState(key),
    moment(key.createdAt),
    key.lastUsedAt === undefined ? 'never' : moment(key.lastUsedAt),
    key.expiresAt === undefined ? 'never' : moment(key.expiresAt),
  ],
});

/** All keys, also those that are over, newest first. */
export function keysPage(keys: readonly ApiKey[], page: number): Page {
  const rows = keys.map(rowOf);
  return {
    title: 'API keys',
    main: html`<div class="page-head"><div><h1>API keys</h1><p class="lead">Whoever calls the gateway does so with one. Only its first characters are kept here. Times are UTC.</p></div>
<a class="button" href="${keysPath}/new">Make a key</a></div>
${table({ caption: 'API keys', columns, rows, empty: page === 1 ? 'There is no key.' : 'There are no more keys.' })}
${pager({ path: keysPath, page, length: keys.length })}`,
  };
}
