/** A table as it is printed and saved. */
export interface Table {
  title: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
  /** How many columns, from the left, hold words; the others hold figures. @default 1 */
  words?: number;
}

/** Markdown that is also readable as it stands: words to the left, figures to the right. */
export function formatTable({ title, heads, rows, words = 1 }: Table): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const align = (cell: string, column: number) =>
    column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(align).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < words ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [`### ${title}`, '', line(heads), line(rule), ...rows.map(line), ''].join('\n');
}
