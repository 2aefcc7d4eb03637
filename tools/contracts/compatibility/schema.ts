// Whether a schema may take another's place. It depends on which way the values go: what a service takes may only become
// wider, what it gives may only become narrower; and no field that someone sends or reads may go.
import type { Change, Json } from './change.ts';
import { alternativesOf, boundKeywords, nameOf, type Shape, shapeOf } from './shape.ts';

/** Which way values go: the service takes them, or gives them. */
export type Direction = 'taken' | 'given';

/** The two documents that schemas are compared in. */
export interface Documents {
  readonly old: Json;
  readonly new: Json;
}

/** What is compared: its place for the reader, and which way its values go. */
export interface Subject {
  readonly where: string;
  /** As in `request field tags[]`. */
  readonly name: string;
  readonly direction: Direction;
}

type Pair<T> = readonly [old: T, new: T];

const words = (values: Iterable<string>) => [...values].join(', ');

/** What is in `set` and in no way in `other`; every integer is a number. */
const beyond = (set: ReadonlySet<string>, other: ReadonlySet<string>) =>
  [...set].filter((one) => !other.has(one) && !(one === 'integer' && other.has('number')));

/** Compares schemas and collects what changed. */
class Comparison {
  readonly changes: Change[] = [];
  readonly #documents: Documents;
  /** Pairs that are being compared already: a schema may contain itself. */
  readonly #open: Set<string>;

  constructor(documents: Documents, open = new Set<string>()) {
    this.#documents = documents;
    this.#open = open;
  }

  compare(old: unknown, next: unknown, subject: Subject): void {
    const pair = `${subject.direction} ${JSON.stringify([old, next])}`;
    if (this.#open.has(pair)) return;
    this.#open.add(pair);
    const choices = [
      alternativesOf(old, this.#documents.old),
      alternativesOf(next, this.#documents.new),
    ] as const;
    if (choices[0].length === 1 && choices[1].length === 1) {
      this.#shapes(
        [shapeOf(choices[0][0], this.#documents.old), shapeOf(choices[1][0], this.#documents.new)],
        subject,
      );
    } else this.#alternatives(choices, subject);
    this.#open.delete(pair);
  }

  #say(breaking: boolean, { where, name }: Subject, what: string): void {
    this.changes.push({ breaking, where, what: `${name} ${what}` });
  }

  /** Something became narrower or wider: good one way, bad the other. */
  #sayNarrower(subject: Subject, what: string): void {
    this.#say(subject.direction === 'taken', subject, what);
  }

  #sayWider(subject: Subject, what: string): void {
    this.#say(subject.direction === 'given', subject, what);
  }

  #alternatives([old, next]: Pair<readonly unknown[]>, subject: Subject): void {
    const harmless = (a: unknown, b: unknown) => {
      const trial = new Comparison(this.#documents, this.#open);
      trial.compare(a, b, subject);
      return !trial.changes.some(({ breaking }) => breaking);
    };
    const gone = old.filter((one) => !next.some((other) => harmless(one, other)));
    const come = next.filter((one) => !old.some((other) => harmless(other, one)));
    const list = (schemas: readonly unknown[], document: Json) =>
      words(schemas.map((schema) => nameOf(schema, document)));
    if (gone.length > 0) this.#sayNarrower(subject, `is never ${list(gone, this.#documents.old)} any more`);
    if (come.length > 0) this.#sayWider(subject, `may be ${list(come, this.#documents.new)} now`);
  }

  #shapes(shapes: Pair<Shape>, subject: Subject): void {
    if (!this.#types(shapes, subject)) return;
    this.#values(shapes, subject);
    this.#bounds(shapes, subject);
    this.#demands(shapes, subject);
    this.#default(shapes, subject);
    this.#fields(shapes, subject);
    const [old, next] = shapes;
    this.compare(old.items, next.items, { ...subject, name: withPart(subject.name, '[]') });
  }

  /** @returns false when the two have nothing in common, so that details say nothing more */
  #types([old, next]: Pair<Shape>, subject: Subject): boolean {
    if (old.types === undefined && next.types === undefined) return true;
    if (old.types === undefined || next.types === undefined) {
      const only = words(old.types ?? next.types ?? []);
      if (old.types === undefined) this.#sayNarrower(subject, `is ${only} only`);
      else this.#sayWider(subject, `may be anything, not ${only} only`);
      return false;
    }
    const lost = beyond(old.types, next.types);
    const gained = beyond(next.types, old.types);
    if (lost.length === old.types.size && gained.length === next.types.size && lost.length > 0) {
      this.#say(true, subject, `is ${words(next.types)} instead of ${words(old.types)}`);
      return false;
    }
    if (lost.length > 0) this.#sayNarrower(subject, `is never ${words(lost)} any more`);
    if (gained.length > 0) this.#sayWider(subject, `may be ${words(gained)} now`);
    return true;
  }

  #values([{ values: old }, { values: next }]: Pair<Shape>, subject: Subject): void {
    if (old === undefined && next === undefined) return;
    if (next === undefined) this.#sayWider(subject, `may be anything, not ${words(old ?? [])} only`);
    else if (old === undefined) this.#sayNarrower(subject, `is ${words(next)} only`);
    else {
      const [lost, gained] = [old.difference(next), next.difference(old)];
      if (lost.size > 0) this.#sayNarrower(subject, `is never ${words(lost)} any more`);
      if (gained.size > 0) this.#sayWider(subject, `may be ${words(gained)} now`);
    }
  }

  #bounds([{ bounds: old }, { bounds: next }]: Pair<Shape>, subject: Subject): void {
    for (const [keyword, { side, of }] of Object.entries(boundKeywords)) {
      // No text, list or object has less than nothing.
      const none =
        side === 'most'
          ? Number.POSITIVE_INFINITY
          : of.startsWith(' (') || of === ''
            ? Number.NEGATIVE_INFINITY
            : 0;
      const [was, is] = [old.get(keyword) ?? none, next.get(keyword) ?? none];
      if (was === is) continue;
      const say = (bound: number) => (bound === none ? 'without bound' : `${bound}${of}`);
      const what = `is at ${side} ${say(is)} instead of ${say(was)}`;
      if (side === 'least' ? is > was : is < was) this.#sayNarrower(subject, what);
      else this.#sayWider(subject, what);
    }
  }

  #demands([{ demands: old }, { demands: next }]: Pair<Shape>, subject: Subject): void {
    for (const demand of next.difference(old)) this.#sayNarrower(subject, `must meet ${demand}`);
    for (const demand of old.difference(next)) this.#sayWider(subject, `need not meet ${demand}`);
  }

  #default([{ default: old }, { default: next }]: Pair<Shape>, subject: Subject): void {
    if (subject.direction === 'given' || old === next) return;
    if (old === undefined) this.#say(false, subject, `counts as ${next} when it is left out`);
    else if (next === undefined) this.#say(true, subject, `has no default any more; it was ${old}`);
    else this.#say(true, subject, `counts as ${next} instead of ${old} when it is left out`);
  }

  #fields([old, next]: Pair<Shape>, subject: Subject): void {
    const { direction } = subject;
    for (const [name, schema] of old.properties) {
      const field = { ...subject, name: withPart(subject.name, name) };
      if (!next.properties.has(name)) {
        this.#say(true, field, direction === 'taken' ? 'is not read any more' : 'is not there any more');
        continue;
      }
      const [was, is] = [old.required.has(name), next.required.has(name)];
      if (!was && is)
        this.#sayNarrower(field, direction === 'taken' ? 'is required now' : 'is always there now');
      if (was && !is)
        this.#sayWider(field, direction === 'taken' ? 'may be left out now' : 'may be missing now');
      this.compare(schema, next.properties.get(name), field);
    }
    for (const name of next.properties.keys()) {
      if (old.properties.has(name)) continue;
      const field = { ...subject, name: withPart(subject.name, name) };
      const required = next.required.has(name);
      if (direction === 'taken') this.#say(required, field, required ? 'is new and required' : 'is new');
      // Who was promised that there are no other fields may refuse them.
      else this.#say(old.rest === false, field, 'is new');
    }
    this.#rest([old.rest, next.rest], subject);
  }

  #rest([old, next]: Pair<unknown>, subject: Subject): void {
    if (old === next) return;
    if (next === false) this.#sayNarrower(subject, 'has no other fields any more');
    else if (old === false) this.#sayWider(subject, 'may have other fields now');
    else this.compare(old, next, { ...subject, name: withPart(subject.name, '*') });
  }
}

/** `request` and `title` are `request field title`; `request field tags` and `[]` are `request field tags[]`. */
function withPart(name: string, part: string): string {
  if (!name.includes(' field ')) return `${name} field ${part}`;
  return part === '[]' ? `${name}[]` : `${name}.${part}`;
}

/** What changed from one schema to another, for values that go this way. */
export function compareSchemas(
  old: unknown,
  next: unknown,
  subject: Subject,
  documents: Documents,
): Change[] {
  const comparison = new Comparison(documents);
  comparison.compare(old, next, subject);
  return comparison.changes;
}
