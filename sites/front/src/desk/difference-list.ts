import { type Html, html, type Part } from '@tsmicro/web';
import type { Difference, Line, Piece } from './difference.ts';

/** So many lines that stayed are shown before and after those that did not. */
const around = 2;

const marks: Readonly<Record<Line['fate'], readonly [string, string]>> = {
  same: ['', ''],
  added: ['+', 'added: '],
  removed: ['−', 'removed: '],
  changed: ['±', 'changed: '],
};

function pieceOf({ fate, text }: Piece): Part {
  if (text === '') return undefined;
  if (fate === 'added') return html`<ins>${text}</ins>`;
  return fate === 'removed' ? html`<del>${text}</del>` : text;
}

function row({ fate, pieces }: Line): Html {
  const [mark, word] = marks[fate];
  return html`<li class="line ${fate}"><span class="mark" aria-hidden="true">${mark}</span><span class="words">${word !== '' && html`<span class="visually-hidden">${word}</span>`}${pieces.map(pieceOf)}</span></li>`;
}

/** Lines that follow each other and are all the same, or none of them. */
function runsOf(lines: readonly Line[]): Line[][] {
  const runs: Line[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && (run[0]?.fate === 'same') === (line.fate === 'same')) run.push(line);
    else runs.push([line]);
  }
  return runs;
}

const list = (lines: readonly Line[]): Part =>
  lines.length > 0 && html`<ol class="lines">${lines.map(row)}</ol>`;

/** A run that stayed: what is far from every change is folded away. */
function sameRun(lines: readonly Line[], isFirst: boolean, isLast: boolean): Part {
  const before = isFirst ? 0 : around;
  const after = isLast ? 0 : around;
  const folded = lines.slice(before, lines.length - after);
  if (folded.length <= 2) return list(lines);
  return [
    list(lines.slice(0, before)),
    html`<details class="folded"><summary>${folded.length} lines stayed as they are</summary>${list(folded)}</details>`,
    after > 0 && list(lines.slice(-after)),
  ];
}

const words = (count: number) => `${count} ${count === 1 ? 'word' : 'words'}`;

/** How much was changed, in one sentence. */
export const differenceSummary = ({ wordsAdded, wordsRemoved }: Difference) =>
  `${words(wordsAdded)} added, ${words(wordsRemoved)} removed`;

/** Every line of both texts; what was added is underlined, what was removed struck out, and each has a sign before it. */
export function differenceList({ lines }: Difference): Html {
  const runs = runsOf(lines);
  return html`<div class="difference">${runs.map((run, i) =>
    run[0]?.fate === 'same' ? sameRun(run, i === 0, i === runs.length - 1) : list(run),
  )}</div>`;
}
