import { type Html, html, type Part } from '@tsmicro/web';
import { unknown } from './figure.ts';

/** A column of a table of facts. */
export interface Column {
  readonly label: string;
  /** Stands to the right, in figures of one width. */
  readonly numeric?: boolean;
  /** Takes a whole line of a card. */
  readonly wide?: boolean;
  /** What the head shows in place of the label, such as a link that sorts. */
  readonly head?: Part;
  readonly sorted?: 'ascending' | 'descending';
}

/** A row: its first cell names it. */
export interface Row {
  /** Names the row within the page, so that an update finds it again. */
  readonly id: string;
  readonly cells: readonly Part[];
}

/** A table of facts. */
export interface Facts {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** What stands in place of a table without rows. */
  readonly empty: string;
}

const headCell = ({ label, numeric, head, sorted }: Column) =>
  html`<th scope="col"${numeric && html` class="number"`}${sorted && html` aria-sort="${sorted}"`}>${head ?? label}</th>`;

function cell(content: Part, { label, numeric, wide }: Column): Html {
  const classes = [numeric && 'number', wide && 'wide', content === unknown && 'nothing'].filter(
    (one) => typeof one === 'string',
  );
  return html`<td data-label="${label}"${classes.length > 0 && html` class="${classes.join(' ')}"`}>${content}</td>`;
}

function bodyRow({ id, cells: [name, ...others] }: Row, [, ...columns]: readonly Column[]): Html {
  const facts = columns.map((column, i) => cell(others[i], column));
  return html`<tr id="${id}"><th scope="row">${name}</th>${facts}</tr>
`;
}

/** Facts as a table, whose rows stand as cards where there is no room for columns. */
export function table({ caption, columns, rows, empty }: Facts): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<table class="facts">
<caption>${caption}</caption>
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>
${rows.map((row) => bodyRow(row, columns))}</tbody>
</table>`;
}
