import { toKey } from '../bson/key.ts';
import { printDoc } from '../bson/print.ts';
import type { Doc, Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { passes } from '../filter/filter.ts';
import type { Database } from './database.ts';
import type { IndexSpec } from './index-spec.ts';
import { tuplesOf } from './key-tuples.ts';

/** One document's entry in an index: the key's bytes and the values they stand for. */
interface Entry {
  readonly key: Buffer;
  readonly values: readonly Value[];
}

/** An index on fields: a table of keys in MongoDB's order, each with the row of its document. */
export class KeyIndex {
  readonly id: number;
  readonly spec: IndexSpec;
  readonly #database: Database;
  readonly #directions: readonly number[];
  #multikey: number;

  constructor(database: Database, id: number, spec: IndexSpec, multikey: number) {
    this.#database = database;
    this.id = id;
    this.spec = spec;
    this.#multikey = multikey;
    this.#directions = spec.parts.map(({ direction }) => direction);
  }

  /** The statement that makes the table. */
  static tableSql(id: number): string {
    return `CREATE TABLE keys_${id} (key BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (key, rid)) WITHOUT ROWID`;
  }

  /** Whether the field at this place of the index was an array, or below one, in any document so far. */
  isMultikey(place: number): boolean {
    return (this.#multikey & (1 << place)) !== 0;
  }

  /** Whether any field of the index was. */
  get multikey(): boolean {
    return this.#multikey !== 0;
  }

  /** The document's keys, none when the index does not cover it. */
  entriesOf(doc: Doc): Entry[] {
    const { spec } = this;
    if (spec.partial !== undefined && !passes(spec.partial, doc)) return [];
    const { tuples, multikey } = tuplesOf(doc, spec.parts);
    if (spec.sparse && !spec.parts.some(({ parts }) => isThere(doc, parts))) return [];
    if ((this.#multikey | multikey) !== this.#multikey) this.#noteMultikey(multikey);
    if (tuples.length === 1)
      return tuples.map((values) => ({ key: toKey(values, this.#directions), values }));
    const entries = new Map<string, Entry>();
    for (const values of tuples) {
      const key = toKey(values, this.#directions);
      entries.set(key.toString('latin1'), { key, values });
    }
    return [...entries.values()];
  }

  /** Throws DuplicateKey when another document than `rid` has one of these keys in a unique index. */
  checkUnique(namespace: string, entries: readonly Entry[], rid: number | undefined): void {
    if (!this.spec.unique) return;
    const find = this.#database.statement(
      `SELECT rid FROM keys_${this.id} WHERE key = ? AND rid IS NOT ? LIMIT 1`,
    );
    for (const { key, values } of entries) {
      if (find.get(key, rid ?? null) !== undefined) throw duplicateKey(namespace, this.spec, values);
    }
  }

  /** Enters the document's keys. */
  add(rid: number, entries: readonly Entry[]): void {
    const insert = this.#database.statement(`INSERT INTO keys_${this.id} (key, rid) VALUES (?, ?)`);
    for (const { key } of entries) insert.run(key, rid);
  }

  /** Takes the document's keys out. */
  remove(rid: number, entries: readonly Entry[]): void {
    const remove = this.#database.statement(`DELETE FROM keys_${this.id} WHERE key = ? AND rid = ?`);
    for (const { key } of entries) remove.run(key, rid);
  }

  #noteMultikey(bits: number): void {
    this.#multikey |= bits;
    this.#database.statement('UPDATE indexes SET multikey = ? WHERE id = ?').run(this.#multikey, this.id);
  }
}

/** The refusal of a second document with the same key, as drivers expect it. */
export function duplicateKey(namespace: string, spec: IndexSpec, values: readonly Value[]): CommandError {
  const keyValue: Doc = new Map(spec.parts.map(({ path }, at) => [path, values[at] ?? null]));
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: ${printDoc(keyValue)}`,
    new Map<string, Value>([
      ['keyPattern', spec.key],
      ['keyValue', keyValue],
    ]),
  );
}

function isThere(doc: Doc, parts: readonly string[]): boolean {
  let value: Value = doc;
  for (const part of parts) {
    // An array on the way counts as there: what it holds is looked at key by key.
    if (Array.isArray(value)) return true;
    if (!(value instanceof Map)) return false;
    value = value.get(part);
  }
  return value !== undefined;
}
