import { Int32 } from 'bson';
import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileFilter, type Filter } from '../filter/filter.ts';
import type { TextSpec } from '../text/score.ts';
import { parseTextSpec } from './text-spec.ts';

/** One field of an index. */
export interface KeyPart {
  readonly path: string;
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

/** A checked index definition. */
export interface IndexSpec {
  readonly name: string;
  /** The definition as `listIndexes` shows it. */
  readonly source: Doc;
  /** The `key` of the definition. */
  readonly key: Doc;
  /** The fields in order; empty for a text index. */
  readonly parts: readonly KeyPart[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly expireAfterSec?: number;
  readonly partial?: Filter;
  readonly text?: TextSpec;
}

const known: readonly string[] = [
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  'collation',
];

/** Checks an index definition. Throws CannotCreateIndex and its relatives for what is wrong or not supported. */
export function parseIndexSpec(given: Doc): IndexSpec {
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new CommandError(
      'InvalidIndexSpecificationOption',
      `The field '${unknown}' is not valid for an index specification of this server`,
    );
  }
  const key = given.get('key');
  if (!isDoc(key) || key.size === 0) throw cannot('Index keys cannot be empty');
  const name = given.get('name');
  if (typeof name !== 'string' || name === '') throw cannot('an index needs a name');
  checkCollation(given.get('collation'));
  const text = [...key.values()].includes('text') ? parseTextSpec(given, key) : undefined;
  const unique = isOn(given.get('unique'));
  const sparse = isOn(given.get('sparse'));
  const partial = given.get('partialFilterExpression');
  if (sparse && partial !== undefined)
    throw cannot('cannot mix "partialFilterExpression" and "sparse" options');
  if (partial !== undefined && !isDoc(partial)) throw cannot('"partialFilterExpression" must be an object');
  const parts = text === undefined ? [...key].map(([path, value]) => parsePart(path, value)) : [];
  const expireAfterSec = parseExpiry(given.get('expireAfterSeconds'), parts);
  return {
    name,
    key,
    parts,
    unique,
    sparse,
    source: sourceOf(given, text),
    ...(expireAfterSec === undefined ? {} : { expireAfterSec }),
    ...(partial === undefined ? {} : { partial: compileFilter(partial) }),
    ...(text === undefined ? {} : { text }),
  };
}

function parsePart(path: string, value: Value): KeyPart {
  if (path === '' || path.split('.').includes('')) throw cannot('Index keys cannot contain an empty field');
  if (path.startsWith('$') || path.includes('$**'))
    throw cannot('wildcard indexes are not supported by this server');
  if (typeof value === 'string') throw cannot(`an index of type '${value}' is not supported by this server`);
  if (!isNumeric(value) || toNumber(value) === 0 || Number.isNaN(toNumber(value))) {
    throw cannot('Values in the index key pattern must be numbers other than 0');
  }
  return { path, parts: path.split('.'), direction: toNumber(value) > 0 ? 1 : -1 };
}

function parseExpiry(value: Value, parts: readonly KeyPart[]): number | undefined {
  if (value === undefined) return undefined;
  const [only] = parts;
  if (!isNumeric(value) || toNumber(value) < 0 || parts.length !== 1 || only?.path === '_id') {
    throw cannot('TTL indexes are single-field indexes with a non-negative expireAfterSeconds, not on _id');
  }
  return toNumber(value);
}

function checkCollation(collation: Value): void {
  if (collation === undefined || (isDoc(collation) && collation.get('locale') === 'simple')) return;
  throw new CommandError('NotImplemented', 'collations other than simple are not supported by this server');
}

/** Text indexes are shown as MongoDB shows them, with all that was filled in. */
function sourceOf(given: Doc, text: TextSpec | undefined): Doc {
  const source: Doc = new Map([['v', new Int32(2) as Value], ...given]);
  source.delete('ns');
  source.delete('collation');
  if (text === undefined) return source;
  source.set(
    'key',
    new Map<string, Value>([
      ['_fts', 'text'],
      ['_ftsx', new Int32(1)],
    ]),
  );
  source.set(
    'weights',
    new Map([...text.weights].sort().map(([path, weight]) => [path, new Int32(weight) as Value])),
  );
  source.set('default_language', text.language);
  source.set('language_override', text.languageField);
  return source.set('textIndexVersion', new Int32(3));
}

function isOn(value: Value): boolean {
  return value === true || (isNumeric(value) && toNumber(value) !== 0);
}

function cannot(reason: string): CommandError {
  return new CommandError('CannotCreateIndex', reason);
}
