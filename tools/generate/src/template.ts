// The templates are a small service that compiles and lints like any other code here: the service sample-room with the
// feature rare-stone, on PostgreSQL. What is different elsewhere stands in it as comments:
//   // #if postgres       the lines up to the next mark are kept for this kind
//   // #elif mongo        else these, taken out of their comments
//   // #else              else these, likewise
//   // #end
// Among imports a blank line follows each mark, which keeps the formatter from moving imports across it.
// and in files store-mongo.ts and store-none.ts, of which one becomes store.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Names } from './name.ts';
import type { Store } from './project.ts';

const folder = join(import.meta.dirname, '..', 'template');
const mark = /^\s*\/\/ #(if|elif|else|end)\b(.*)$/;

/** What a template is filled with. */
export interface Filling {
  readonly service: Names;
  readonly feature: Names;
  /** The kinds of lines that are kept: the store, and whatever else the service needs. */
  readonly kinds: ReadonlySet<string>;
  readonly store: Store;
  readonly port: number;
  readonly metricsPort: number;
}

/** The lines of one alternative as code: in the template all but one alternative are comments as a whole. */
function asCode(lines: readonly string[]): readonly string[] {
  const commented = lines.every((line) => /^\s*(?:\/\/|$)/.test(line));
  return commented ? lines.map((line) => line.replace(/^(\s*)\/\/ ?/, '$1')) : lines;
}

/** Keeps, of every group of alternatives, the first one that is for one of these kinds. */
function choose(text: string, kinds: ReadonlySet<string>): string {
  const kept: string[] = [];
  let branch: string[] | undefined;
  let chosen: string[] | undefined;
  for (const line of text.split('\n')) {
    const [, word, rest = ''] = mark.exec(line) ?? [];
    if (word === undefined) {
      (branch ?? kept).push(line);
    } else if (word === 'end') {
      kept.push(...asCode(chosen ?? []));
      branch = undefined;
      chosen = undefined;
    } else {
      branch = [];
      const wanted = word === 'else' || rest.split(' ').some((kind) => kinds.has(kind));
      if (wanted) chosen ??= branch;
    }
  }
  return kept.join('\n');
}

/** 8003 as `8_003`, as numbers are written here. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, '_');
}

function rename(text: string, { service, feature, store, port, metricsPort }: Filling): string {
  const article = /^[aeio]/.test(feature.words) ? 'an' : 'a';
  const words: readonly (readonly [from: string, to: string])[] = [
    ['#contract', `@tsmicro/contracts-${service.kebab}`],
    ['sample-room', service.kebab],
    ['RareStone', feature.pascal],
    ['rareStones', feature.camelPlural],
    ['rareStone', feature.camel],
    ['rare_stones', feature.snakePlural],
    ['rare-stone', feature.kebab],
    ['a rare stone', `${article} ${feature.words}`],
    ['A rare stone', `${article === 'a' ? 'A' : 'An'} ${feature.words}`],
    ['rare stones', feature.wordsPlural],
    ['rare stone', feature.words],
    ['Rare stones', feature.wordsPlural.charAt(0).toUpperCase() + feature.wordsPlural.slice(1)],
    ['8_999', grouped(port)],
    ['9_999', grouped(metricsPort)],
    ...(store === 'mongo'
      ? ([
          ['UuidParam', 'MongoIdParam'],
          ['Uuid', 'MongoId'],
        ] as const)
      : []),
  ];
  const table = new Map(words);
  const pattern = new RegExp(words.map(([from]) => from).join('|'), 'g');
  return text.replace(pattern, (found) => table.get(found) ?? found);
}

/** Imports as one block: the formatter orders them within it, and only there. */
const joinImports = (text: string) => text.replace(/^(import\b[^;]*;)\n\s*(?=import\b)/gm, '$1\n');

/** One template with everything filled in. */
export function render(path: string, filling: Filling): string {
  const chosen = choose(readFileSync(join(folder, path), 'utf8'), filling.kinds);
  return rename(joinImports(chosen), filling);
}
