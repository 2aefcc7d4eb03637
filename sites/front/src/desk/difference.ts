import { type ArrayChange, diffArrays } from 'diff';

/** What became of a piece of text. */
export type Fate = 'same' | 'added' | 'removed';

/** A piece of a line. */
export interface Piece {
  readonly fate: Fate;
  readonly text: string;
}

/** A line of both texts, or of one of them; `changed` has words of both. */
export interface Line {
  readonly fate: Fate | 'changed';
  readonly pieces: readonly Piece[];
}

/** What two texts have in common, and what not. */
export interface Difference {
  readonly lines: readonly Line[];
  readonly wordsAdded: number;
  readonly wordsRemoved: number;
}

/** Long texts that have next to nothing in common would take seconds: what is left then is shown one after the other. */
const budgetMs = 200;
/** Lines that share less than this part of the letters in their words are not one line that was changed. */
const leastShared = 0.4;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const tokensOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
const linesOf = (text: string) => text.replaceAll('\r\n', '\n').split('\n');

function wordsIn(text: string): number {
  let count = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike === true) count += 1;
  return count;
}

function lettersIn(text: string): number {
  let count = 0;
  for (const { isWordLike, segment } of segmenter.segment(text))
    if (isWordLike === true) count += segment.length;
  return count;
}

const fateOf = ({ added, removed }: ArrayChange<string>): Fate =>
  added ? 'added' : removed ? 'removed' : 'same';

/** The pieces that lead from one list to the other, joined by `glue`; `until` is when to give up, in epoch milliseconds. */
function pieces(before: string[], after: string[], glue: string, until: number): Piece[] {
  const changes = diffArrays(before, after, { timeout: Math.max(1, until - Date.now()) });
  if (changes !== undefined) {
    return changes.map((change) => ({ fate: fateOf(change), text: change.value.join(glue) }));
  }
  return [
    { fate: 'removed', text: before.join(glue) },
    { fate: 'added', text: after.join(glue) },
  ];
}

/**
 * Puts together what was changed with but a space between: "an end" into "a happy end" reads as one change, not as two.
 */
function joined(all: readonly Piece[]): Piece[] {
  const parts: Piece[] = [];
  let removed = '';
  let added = '';
  const end = () => {
    if (removed !== '') parts.push({ fate: 'removed', text: removed });
    if (added !== '') parts.push({ fate: 'added', text: added });
    removed = '';
    added = '';
  };
  all.forEach(({ fate, text }, i) => {
    const between = fate === 'same' && removed !== '' && /^[^\S\n]+$/.test(text) && i + 1 < all.length;
    if (fate === 'removed' || between) removed += text;
    if (fate === 'added' || between) added += text;
    if (fate !== 'same' || between) return;
    end();
    parts.push({ fate, text });
  });
  end();
  return parts;
}

/** Cuts pieces into lines. A line that ends on one side only is shown as such. */
function cut(all: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  let line: Piece[] = [];
  const end = () => {
    const fates = new Set(line.filter(({ text }) => text.trim() !== '').map(({ fate }) => fate));
    const [only = line[0]?.fate ?? 'same'] = fates;
    lines.push({ fate: fates.size > 1 ? 'changed' : only, pieces: line });
    line = [];
  };
  for (const { fate, text } of all) {
    text.split('\n').forEach((part, i) => {
      if (i > 0) end();
      if (part !== '' || i === 0) line.push({ fate, text: part });
    });
  }
  end();
  return lines;
}

const whole = (fate: Fate, text: string): Line[] =>
  text.split('\n').map((line) => ({ fate, pieces: [{ fate, text: line }] }));

/** Lines that took the place of others: word by word where enough of the words stayed. */
function replaced(before: string, after: string, until: number): Line[] {
  const words = pieces(tokensOf(before), tokensOf(after), '', until);
  const shared = words.reduce((sum, { fate, text }) => sum + (fate === 'same' ? lettersIn(text) : 0), 0);
  const least = Math.min(lettersIn(before), lettersIn(after));
  if (shared < least * leastShared || least === 0) {
    return [...whole('removed', before), ...whole('added', after)];
  }
  return cut(joined(words));
}

/** Compares two texts line by line, and lines that were changed word by word. */
export function compareTexts(before: string, after: string): Difference {
  const until = Date.now() + budgetMs;
  const blocks = pieces(linesOf(before), linesOf(after), '\n', until);
  const lines: Line[] = [];
  for (let i = 0; i < blocks.length; i += 1) {
    const [block, next] = [blocks[i], blocks[i + 1]];
    if (block === undefined) break;
    if (block.fate === 'removed' && next?.fate === 'added') {
      lines.push(...replaced(block.text, next.text, until));
      i += 1;
    } else {
      lines.push(...whole(block.fate, block.text));
    }
  }
  const count = (fate: Fate) =>
    lines
      .flatMap((line) => line.pieces)
      .reduce((sum, piece) => sum + (piece.fate === fate ? wordsIn(piece.text) : 0), 0);
  return { lines, wordsAdded: count('added'), wordsRemoved: count('removed') };
}
