import { ObjectId } from 'bson';
import { decode } from '../bson/decode.ts';
import { elementBytes, maxDocumentBytes, tooLarge, withIdFirst } from '../bson/encode.ts';
import { toKey } from '../bson/key.ts';
import { type Doc, typeName, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { type Database, toBuffer } from './database.ts';
import type { IndexSpec } from './index-spec.ts';
import { duplicateKey, type KeyIndex } from './key-index.ts';
import type { TextIndex } from './text-index.ts';

/** A stored document: its row, its bytes as they came. */
export interface Row {
  readonly rid: number;
  readonly bytes: Buffer;
}

/** One collection: its table of documents and the indexes on it. */
export class Collection {
  readonly id: number;
  readonly namespace: string;
  readonly uuid: Buffer;
  readonly keyIndexes: KeyIndex[] = [];
  readonly textIndexes: TextIndex[] = [];
  readonly #database: Database;
  readonly #idSpec: IndexSpec;

  constructor(database: Database, id: number, namespace: string, uuid: Buffer, idSpec: IndexSpec) {
    this.#database = database;
    this.id = id;
    this.namespace = namespace;
    this.uuid = uuid;
    this.#idSpec = idSpec;
  }

  /** The statement that makes the table of documents. */
  static tableSql(id: number): string {
    return `CREATE TABLE documents_${id} (rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, doc BLOB NOT NULL)`;
  }

  /** The definition of the index on `_id`, which every collection has. */
  get idSpec(): IndexSpec {
    return this.#idSpec;
  }

  /** The indexes in the order of their making, without the one on `_id`. */
  get indexes(): (KeyIndex | TextIndex)[] {
    return [...this.keyIndexes, ...this.textIndexes].sort((a, b) => a.id - b.id);
  }

  /** Stores a new document and gives its `_id`. Throws DuplicateKey, and changes nothing then. */
  insert(given: Buffer): Value {
    const bytes = withIdFirst(given, () => elementBytes(new Map([['_id', new ObjectId()]])));
    if (bytes.byteLength > maxDocumentBytes) throw tooLarge(bytes.byteLength);
    const doc = decode(bytes);
    const id = doc.get('_id');
    const idKey = toIdKey(id);
    if (this.#ridOf(idKey) !== undefined) throw duplicateKey(this.namespace, this.#idSpec, [id]);
    const entries = this.#keyEntries(doc, undefined);
    const terms = this.textIndexes.map((index) => index.entriesOf(doc));
    const insert = this.#database.statement(`INSERT INTO documents_${this.id} (id, doc) VALUES (?, ?)`);
    const rid = Number(insert.run(idKey, bytes).lastInsertRowid);
    for (const [index, list] of entries) index.add(rid, list);
    for (const [at, index] of this.textIndexes.entries()) index.add(rid, terms[at] ?? new Map());
    return id;
  }

  /** Puts another document with the same `_id` in a row's place. Throws DuplicateKey, and changes nothing then. */
  replace({ rid, bytes }: Row, next: Buffer): void {
    if (next.byteLength > maxDocumentBytes) throw tooLarge(next.byteLength);
    const [before, after] = [decode(bytes), decode(next)];
    const entries = this.#keyEntries(after, rid);
    const terms = this.textIndexes.map((index) => index.entriesOf(after));
    for (const [index, list] of entries) {
      const old = index.entriesOf(before);
      // Most updates leave most keys as they are.
      const kept = (of: typeof list, among: typeof list): typeof list =>
        of.filter(({ key }) => !among.some((other) => other.key.equals(key)));
      index.remove(rid, kept(old, list));
      index.add(rid, kept(list, old));
    }
    for (const [at, index] of this.textIndexes.entries()) {
      index.update(rid, index.entriesOf(before), terms[at] ?? new Map());
    }
    this.#database.statement(`UPDATE documents_${this.id} SET doc = ? WHERE rid = ?`).run(next, rid);
  }

  /** Removes a row. */
  remove({ rid, bytes }: Row): void {
    const doc = decode(bytes);
    for (const index of this.keyIndexes) index.remove(rid, index.entriesOf(doc));
    for (const index of this.textIndexes) index.remove(rid, index.entriesOf(doc));
    this.#database.statement(`DELETE FROM documents_${this.id} WHERE rid = ?`).run(rid);
  }

  /** The row by its number, when it is still there. */
  row(rid: number): Row | undefined {
    const row = this.#database.statement(`SELECT doc FROM documents_${this.id} WHERE rid = ?`).get(rid);
    return row === undefined ? undefined : { rid, bytes: toBuffer(Object.values(row)[0]) };
  }

  /** How many documents there are. */
  count(): number {
    const row = this.#database.statement(`SELECT count(*) FROM documents_${this.id}`).get();
    return Number(Object.values(row ?? {})[0]);
  }

  #ridOf(idKey: Buffer): unknown {
    return this.#database.statement(`SELECT rid FROM documents_${this.id} WHERE id = ?`).get(idKey);
  }

  #keyEntries(doc: Doc, rid: number | undefined): (readonly [KeyIndex, ReturnType<KeyIndex['entriesOf']>])[] {
    const entries = this.keyIndexes.map((index) => [index, index.entriesOf(doc)] as const);
    for (const [index, list] of entries) index.checkUnique(this.namespace, list, rid);
    return entries;
  }
}

const refusedIds: readonly string[] = ['array', 'regex', 'missing'];

function toIdKey(id: Value): Buffer {
  if (refusedIds.includes(typeName(id))) {
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${typeName(id)}`);
  }
  return toKey([id]);
}
