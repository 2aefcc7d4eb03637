import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, typeName, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { CursorTable } from '../query/cursor.ts';
import type { Work } from '../query/scan.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { Database } from '../storage/database.ts';
import type { Clock } from './clock.ts';

/** The parts of the server that commands work with. */
export interface Engine {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly cursors: CursorTable;
  readonly clock: Clock;
}

/** One command, and what it runs on. */
export interface Context extends Engine {
  readonly db: string;
  /** The name the command was called by. */
  readonly name: string;
  readonly body: Doc;
  readonly documents: readonly Buffer[];
}

/** A fresh count of work under the command's time limit. */
export function startWork({ clock }: Engine): Work {
  return { keysExamined: 0, docsExamined: 0, check: () => clock.check() };
}

/** The collection that the command names. Throws InvalidNamespace. */
export function collectionName({ body, name }: Context): string {
  const value = body.get(name);
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw new CommandError('InvalidNamespace', `${name} needs the name of a collection`);
}

/** A field that is a document, an empty one when it is left out. */
export function docField(doc: Doc, name: string): Doc {
  const value = doc.get(name);
  if (value === undefined || value === null) return new Map();
  if (isDoc(value)) return value;
  throw new CommandError(
    'TypeMismatch',
    `BSON field '${name}' is the wrong type '${typeName(value)}', expected type 'object'`,
  );
}

/** A field that is a whole number not below zero. */
export function wholeField(doc: Doc, name: string, otherwise: number): number {
  const value = doc.get(name);
  if (value === undefined || value === null) return otherwise;
  const number = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (Number.isInteger(number) && number >= 0) return number;
  throw new CommandError('BadValue', `Field '${name}' must be a whole number not below zero`);
}

/** A field that is on or off. */
export function flagField(doc: Doc, name: string, otherwise = false): boolean {
  const value = doc.get(name);
  if (value === undefined || value === null) return otherwise;
  return value === true || (isNumeric(value) && toNumber(value) !== 0);
}

/** A field that is a list of documents. */
export function docsField(doc: Doc, name: string): Doc[] {
  const value = doc.get(name);
  if (Array.isArray(value) && value.every(isDoc)) return value;
  throw new CommandError('TypeMismatch', `BSON field '${name}' must be an array of objects`);
}

/** Refuses fields that are not listed, as MongoDB does. */
export function checkFields(doc: Doc, where: string, known: readonly string[]): void {
  for (const [name, value] of doc) {
    if (!known.includes(name)) {
      throw new CommandError('IDLUnknownField', `BSON field '${where}.${name}' is an unknown field.`);
    }
    if (name === 'collation') checkCollation(value);
  }
}

function checkCollation(value: Value): void {
  if (isDoc(value) && (value.size === 0 || value.get('locale') === 'simple')) return;
  throw new CommandError('NotImplemented', 'collations other than simple are not supported by this server');
}
