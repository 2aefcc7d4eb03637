import type { Doc } from '../bson/value.ts';
import { passes } from '../filter/filter.ts';
import { scoreTerms, type TextSpec } from '../text/score.ts';
import type { Database } from './database.ts';
import type { IndexSpec } from './index-spec.ts';

/** A text index: a table of terms, each with the documents that have it and their scores for it. */
export class TextIndex {
  readonly id: number;
  readonly spec: IndexSpec;
  readonly text: TextSpec;
  readonly #database: Database;

  constructor(database: Database, id: number, spec: IndexSpec, text: TextSpec) {
    this.#database = database;
    this.id = id;
    this.spec = spec;
    this.text = text;
  }

  /** The statement that makes the table. */
  static tableSql(id: number): string {
    return `CREATE TABLE terms_${id} (term TEXT NOT NULL, rid INTEGER NOT NULL, score REAL NOT NULL, PRIMARY KEY (term, rid)) WITHOUT ROWID`;
  }

  /** The document's terms with their scores, none when the index does not cover it. */
  entriesOf(doc: Doc): ReadonlyMap<string, number> {
    const { partial } = this.spec;
    return partial !== undefined && !passes(partial, doc) ? new Map() : scoreTerms(doc, this.text);
  }

  /** Enters the document's terms. */
  add(rid: number, entries: ReadonlyMap<string, number>): void {
    const insert = this.#database.statement(
      `INSERT INTO terms_${this.id} (term, rid, score) VALUES (?, ?, ?)`,
    );
    for (const [term, score] of entries) insert.run(term, rid, score);
  }

  /** Puts a document's new terms in place of its old ones; those that stay are not touched. */
  update(rid: number, before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
    this.remove(rid, without(before, after));
    this.add(rid, without(after, before));
  }

  /** Takes the document's terms out. */
  remove(rid: number, entries: ReadonlyMap<string, number>): void {
    const remove = this.#database.statement(`DELETE FROM terms_${this.id} WHERE term = ? AND rid = ?`);
    for (const term of entries.keys()) remove.run(term, rid);
  }

  /** The rows that have at least one of the terms, with the sum of their scores, the best first. */
  search(terms: readonly string[]): (readonly [rid: number, score: number])[] {
    const scores = new Map<number, number>();
    const find = this.#database.statement(`SELECT rid, score FROM terms_${this.id} WHERE term = ?`);
    for (const term of terms) {
      for (const row of find.all(term)) {
        const [rid, score] = Object.values(row).map(Number);
        if (rid !== undefined) scores.set(rid, (scores.get(rid) ?? 0) + (score ?? 0));
      }
    }
    return [...scores].sort(([a, x], [b, y]) => y - x || a - b);
  }
}

function without(
  terms: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...terms].filter(([term, score]) => others.get(term) !== score));
}
