import { GenerateError } from '../errors.ts';
import type { Names } from '../name.ts';
import type { Store } from '../project.ts';

/** A list that module.ts must have: it is found by its first line. */
interface KnownList {
  readonly head: string;
  readonly what: string;
}

const controllers: KnownList = {
  head: 'const controllers: readonly Controller[] = [',
  what: 'the list that the controllers of a new feature go to',
};
const indexedStores: KnownList = {
  head: 'const stores: readonly IndexedStore[] = [',
  what: 'the list of stores whose indexes are made at start-up',
};

function refuse(file: string, missing: string): never {
  throw new GenerateError(`${file} has not the form that can be added to: there must be ${missing}`);
}

/** Where the one list of this head is: its start, and the bracket that ends it. */
function findList(text: string, { head, what }: KnownList, file: string): { start: number; end: number } {
  const start = text.indexOf(head);
  const end = text.indexOf('];', start);
  if (start === -1 || end === -1 || text.indexOf(head, start + 1) !== -1)
    refuse(file, `"${head} ... ];" once, ${what}`);
  return { start, end };
}

function append(text: string, list: KnownList, item: string, file: string): string {
  const { end } = findList(text, list, file);
  const before = text.slice(0, end).trimEnd();
  const comma = /[[,]$/.test(before) ? '' : ',';
  return `${before}${comma} ${item}${text.slice(end)}`;
}

/** Puts a line above the one that the list begins on. */
function insertAbove(text: string, list: KnownList, line: string, file: string): string {
  const { start } = findList(text, list, file);
  const lineStart = text.lastIndexOf('\n', start) + 1;
  return `${text.slice(0, lineStart)}  ${line}\n${text.slice(lineStart)}`;
}

/** Imports the parts of a feature, behind the last import of a file of this service or any other. */
function addImports(text: string, { kebab, pascal }: Names, file: string): string {
  const last = [...text.matchAll(/^(?:import\b[^;]*|\} from '[^']+');$/gm)].at(-1);
  if (last === undefined) refuse(file, 'imports at the top');
  const end = last.index + last[0].length;
  const lines = ['Controller', 'Service', 'Store'].map(
    (part) => `\nimport { ${pascal}${part} } from './${kebab}/${part.toLowerCase()}.ts';`,
  );
  return text.slice(0, end) + lines.join('') + text.slice(end);
}

/**
 * Makes the parts of a feature in a service's module.ts: its imports, its store, its controller in the list of
 * controllers, and for MongoDB its store in the list of those that have indexes.
 * @throws {GenerateError} when the file has not these lists, or does not hand in the connection
 */
export function addToModule(text: string, feature: Names, store: Store, file: string): string {
  const { pascal, camel } = feature;
  const connection = store === 'none' ? '' : store;
  if (connection !== '' && !new RegExp(`\\(\\{[^}]*\\b${connection}\\b[^}]*\\}: Connections\\)`).test(text))
    refuse(file, `a function that is given "({ ${connection}, ... }: Connections)"`);
  const made = `const ${camel}Store = new ${pascal}Store(${connection});`;
  const first = store === 'mongo' ? indexedStores : controllers;
  let grown = insertAbove(text, first, made, file);
  if (store === 'mongo') grown = append(grown, indexedStores, `${camel}Store`, file);
  const controller = `new ${pascal}Controller(new ${pascal}Service(${camel}Store)),\n`;
  grown = append(grown, controllers, controller, file);
  return addImports(grown, feature, file);
}
