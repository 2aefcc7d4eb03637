// docs/framework.md taken apart. All `ts` blocks below one heading are one module; an `sql` block is the file that its
// first line names, beside that module; a table below "Index" has the names of one package.
import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A file that an example needs beside it. */
interface PageFile {
  readonly path: string;
  readonly text: string;
}

/** One heading with what stands below it. */
export interface Section {
  readonly title: string;
  /** The anchor that links to it. */
  readonly anchor: string;
  /** Its module; empty where it has no example. */
  readonly code: string;
  readonly files: readonly PageFile[];
}

/** An exported name, and the package that has it. */
export interface ExportedName {
  readonly package: string;
  readonly name: string;
}

/** A row of the index. */
export interface IndexRow extends ExportedName {
  readonly anchor: string;
}

const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

function blocksOf(text: string, language: string): string[] {
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm')),
    ([, code = '']) => code,
  );
}

function sectionOf(text: string): Section {
  const [title = ''] = text.split('\n', 1);
  const files = blocksOf(text, 'sql').map((sql) => ({ path: /^-- (\S+)\n/.exec(sql)?.[1] ?? '', text: sql }));
  return { title, anchor: anchorOf(title), code: blocksOf(text, 'ts').join('\n'), files };
}

function indexRowsOf(text: string): IndexRow[] {
  return text.split(/^### /m).flatMap((part) => {
    const [title = ''] = part.split('\n', 1);
    const rows = part.matchAll(/^\| `(\w+)` \| \[[^\]]+\]\(#([\w-]+)\) \|$/gm);
    return Array.from(rows, ([, name = '', anchor = '']) => ({ package: title, name, anchor }));
  });
}

/** The sections of the page, and its index. */
export async function readPage(): Promise<{ sections: Section[]; index: IndexRow[] }> {
  const page = await readFile(join(root, 'docs', 'framework.md'), 'utf8');
  const [, ...parts] = page.split(/^## /m);
  const index = parts.find((part) => part.startsWith('Index\n')) ?? '';
  return { sections: parts.filter((part) => part !== index).map(sectionOf), index: indexRowsOf(index) };
}

const exportLine = /export (?:type )?(?:\{([^}]*)\}|\* as (\w+)) from '[^']+';\n/g;

/** The names of a list as it stands between braces; a type is one like any other. */
const namesIn = (list: string) =>
  list
    .split(',')
    .map((item) => item.trim().replace(/^type /, ''))
    .filter(Boolean);

/**
 * Every exported name of every package, types included, which only the text of its index.ts knows.
 * @throws for an index.ts that has more in it than exports
 */
export async function readExports(): Promise<ExportedName[]> {
  const names: ExportedName[] = [];
  for await (const file of glob('packages/*/src/index.ts', { cwd: root })) {
    const text = await readFile(join(root, file), 'utf8');
    if (text.replaceAll(exportLine, '').trim() !== '') throw new Error(`${file} has more in it than exports`);
    const from = `@tsmicro/${basename(dirname(dirname(file)))}`;
    for (const [, list = '', namespace = ''] of text.matchAll(exportLine)) {
      for (const name of [...namesIn(list), ...namesIn(namespace)]) names.push({ package: from, name });
    }
  }
  return names;
}

/** What a module imports from our packages. */
export function importsOf(code: string): ExportedName[] {
  const imports = code.matchAll(/import (?:type )?\{([^}]*)\} from '(@tsmicro\/[^']+)';/g);
  return Array.from(imports).flatMap(([, list = '', from = '']) =>
    namesIn(list).map((name) => ({ package: from, name: name.replace(/ as \w+$/, '') })),
  );
}
