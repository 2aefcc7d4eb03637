import { randomBytes } from 'node:crypto';
import { Int32 } from 'bson';
import { decode } from '../bson/decode.ts';
import { encode } from '../bson/encode.ts';
import type { Doc, Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { Collection } from './collection.ts';
import { type Database, toBuffer } from './database.ts';
import { parseIndexSpec } from './index-spec.ts';
import { KeyIndex } from './key-index.ts';
import { TextIndex } from './text-index.ts';

/** All databases and collections, as the file has them. */
export class Catalog {
  readonly #database: Database;
  readonly #collections = new Map<string, Map<string, Collection>>();

  constructor(database: Database) {
    this.#database = database;
    this.reload();
  }

  /** Reads the catalogue anew, after a change that was undone. */
  reload(): void {
    this.#collections.clear();
    const rows = this.#database.statement('SELECT id, db, name, uuid FROM collections ORDER BY id').all();
    for (const row of rows) {
      const [id, db, name, uuid] = Object.values(row);
      this.#enter(Number(id), String(db), String(name), toBuffer(uuid));
    }
  }

  /** The names of all databases. */
  databases(): string[] {
    return [...this.#collections.keys()].sort();
  }

  /** The collections of a database by name. */
  collections(db: string): ReadonlyMap<string, Collection> {
    return this.#collections.get(db) ?? new Map();
  }

  /** The collection, or undefined when there is none of that name. */
  find(db: string, name: string): Collection | undefined {
    return this.#collections.get(db)?.get(name);
  }

  /** The collection, made when there is none of that name. */
  open(db: string, name: string): Collection {
    const known = this.find(db, name);
    if (known !== undefined) return known;
    checkNames(db, name);
    const uuid = randomBytes(16);
    const insert = this.#database.statement('INSERT INTO collections (db, name, uuid) VALUES (?, ?, ?)');
    const id = Number(insert.run(db, name, uuid).lastInsertRowid);
    this.#database.execute(Collection.tableSql(id));
    return this.#enter(id, db, name, uuid);
  }

  /** Removes a collection with its indexes. */
  drop(db: string, name: string): void {
    const collection = this.find(db, name);
    if (collection === undefined) return;
    for (const index of collection.indexes) this.dropIndex(collection, index);
    this.#database.execute(`DROP TABLE documents_${collection.id}`);
    this.#database.statement('DELETE FROM collections WHERE id = ?').run(collection.id);
    const others = this.#collections.get(db);
    others?.delete(name);
    if (others?.size === 0) this.#collections.delete(db);
  }

  /** Adds an index and enters what is stored. Throws DuplicateKey when a unique one cannot be. */
  addIndex(collection: Collection, spec: Doc): void {
    const insert = this.#database.statement('INSERT INTO indexes (collection, spec) VALUES (?, ?)');
    const id = Number(insert.run(collection.id, encode(spec)).lastInsertRowid);
    const index = this.#enterIndex(collection, id, spec, 0);
    const isText = index instanceof TextIndex;
    this.#database.execute(isText ? TextIndex.tableSql(id) : KeyIndex.tableSql(id));
    let last = -1;
    for (;;) {
      const next = `SELECT rid, doc FROM documents_${collection.id} WHERE rid > ? ORDER BY rid LIMIT 1`;
      const row = this.#database.statement(next).get(last);
      if (row === undefined) return;
      const [rid, bytes] = Object.values(row);
      last = Number(rid);
      const doc = decode(toBuffer(bytes));
      if (isText) index.add(last, index.entriesOf(doc));
      else {
        const entries = index.entriesOf(doc);
        index.checkUnique(collection.namespace, entries, last);
        index.add(last, entries);
      }
    }
  }

  /** Removes an index. */
  dropIndex(collection: Collection, index: KeyIndex | TextIndex): void {
    this.#database.execute(`DROP TABLE ${index instanceof TextIndex ? 'terms' : 'keys'}_${index.id}`);
    this.#database.statement('DELETE FROM indexes WHERE id = ?').run(index.id);
    const list: (KeyIndex | TextIndex)[] =
      index instanceof TextIndex ? collection.textIndexes : collection.keyIndexes;
    list.splice(list.indexOf(index), 1);
  }

  #enter(id: number, db: string, name: string, uuid: Buffer): Collection {
    const collection = new Collection(this.#database, id, `${db}.${name}`, uuid, idSpec());
    const rows = this.#database
      .statement('SELECT id, spec, multikey FROM indexes WHERE collection = ? ORDER BY id')
      .all(id);
    for (const row of rows) {
      const [indexId, spec, multikey] = Object.values(row);
      this.#enterIndex(collection, Number(indexId), decode(toBuffer(spec)), Number(multikey));
    }
    const inDb = this.#collections.get(db) ?? new Map<string, Collection>();
    this.#collections.set(db, inDb.set(name, collection));
    return collection;
  }

  #enterIndex(collection: Collection, id: number, source: Doc, multikey: number): KeyIndex | TextIndex {
    const spec = parseIndexSpec(source);
    if (spec.text === undefined) {
      const index = new KeyIndex(this.#database, id, spec, multikey);
      collection.keyIndexes.push(index);
      return index;
    }
    const index = new TextIndex(this.#database, id, spec, spec.text);
    collection.textIndexes.push(index);
    return index;
  }
}

function idSpec(): ReturnType<typeof parseIndexSpec> {
  const key: Doc = new Map<string, Value>([['_id', new Int32(1)]]);
  return {
    ...parseIndexSpec(
      new Map<string, Value>([
        ['v', new Int32(2)],
        ['key', key],
        ['name', '_id_'],
      ]),
    ),
    unique: true,
  };
}

function checkNames(db: string, name: string): void {
  if (db === '' || db.length > 63 || /[\0/\\. "$]/.test(db)) {
    throw new CommandError('InvalidNamespace', `Invalid database name: '${db}'`);
  }
  const bad = name === '' || name.startsWith('.') || name.startsWith('system.') || /[\0$]/.test(name);
  if (bad || `${db}.${name}`.length > 255) {
    throw new CommandError('InvalidNamespace', `Invalid collection name: ${name}`);
  }
}
