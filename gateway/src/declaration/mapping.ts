import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Scalar,
} from 'yaml';
import { type Environment, isReference, resolveReference } from './vault.ts';

/** The YAML file being read and what is wrong with it so far. */
export interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly complaints: string[];
  /** What `{vault://env/some-name}` refers to. */
  readonly environment: Environment;
}

/** One value of a list, with its place. */
export interface Item {
  readonly text: string;
  /** Notes that this value is wrong. */
  complain(what: string): void;
}

interface Entry {
  readonly key: Node | undefined;
  readonly value: unknown;
}

/**
 * A YAML mapping read field by field. A wrong value is noted with file, line and field and reads as absent, so that
 * one reading finds every fault; {@link Mapping.end} notes the fields that nobody asked for. Null counts as absent, and so
 * does a reference to a variable that is not set.
 */
export class Mapping {
  /** Where it stands in the file, as in `services[0].routes[1]`. */
  readonly path: string;
  readonly #source: Source;
  readonly #node: unknown;
  /** Whose line is named for what is absent. */
  readonly #place: unknown;
  readonly #entries = new Map<string, Entry>();
  readonly #known = new Set<string>();

  constructor(source: Source, node: unknown, path: string, place = node) {
    this.#source = source;
    this.#node = node;
    this.#place = place;
    this.path = path;
    const map = this.#resolved(node);
    if (!isMap(map)) {
      this.#note(node, path, 'must be a mapping');
      return;
    }
    for (const { key, value } of map.items) {
      const name = String(key);
      const resolved = this.#resolved(value);
      this.#entries.set(name, {
        key: isNode(key) ? key : undefined,
        value: isScalar(resolved) ? this.#meant(resolved, this.#pathOf(name)) : resolved,
      });
    }
  }

  /** Notes that `field` is wrong; an absent field is complained about at the mapping's own line. */
  complain(field: string, what: string): void {
    const entry = this.#entries.get(field);
    this.#note(entry?.key ?? this.#place, this.#pathOf(field), what);
  }

  has(field: string): boolean {
    return this.#value(field) !== undefined;
  }

  text(field: string): string | undefined {
    const value = this.#value(field);
    if (value === undefined || (typeof value === 'string' && value !== ''))
      return value as string | undefined;
    this.complain(field, 'must be a text that is not empty');
    return undefined;
  }

  /** A text that must be there; reads as "" after the complaint. */
  requiredText(field: string): string {
    const value = this.text(field);
    if (value === undefined && !this.has(field)) this.complain(field, 'is required');
    return value ?? '';
  }

  integer(field: string, min: number, max: number): number | undefined {
    const value = this.#value(field);
    if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) {
      return value as number | undefined;
    }
    this.complain(field, `must be a whole number from ${min} to ${max}`);
    return undefined;
  }

  number(field: string, min: number, max: number): number | undefined {
    const value = this.#value(field);
    if (value === undefined || (typeof value === 'number' && value >= min && value <= max)) return value;
    this.complain(field, `must be a number from ${min} to ${max}`);
    return undefined;
  }

  /** One of these words. */
  choice<const W extends string>(field: string, words: readonly W[]): W | undefined {
    const value = this.#value(field);
    const word = words.find((known) => known === value);
    if (word === undefined && value !== undefined) this.complain(field, `must be one of ${words.join(', ')}`);
    return word;
  }

  flag(field: string): boolean | undefined {
    const value = this.#value(field);
    if (value === undefined || typeof value === 'boolean') return value;
    this.complain(field, 'must be true or false');
    return undefined;
  }

  /** A list of texts; empty when absent. */
  texts(field: string): Item[] {
    return this.#list(field).flatMap((node, index) => {
      const path = `${this.#pathOf(field)}[${index}]`;
      const value = isScalar(node) ? this.#meant(node, path) : undefined;
      if (value === undefined && isScalar(node)) return [];
      if (typeof value === 'string' && value !== '') {
        return [{ text: value, complain: (what: string) => this.#note(node, path, what) }];
      }
      this.#note(node, path, 'must be a text that is not empty');
      return [];
    });
  }

  /** A list of whole numbers; undefined when absent. */
  integers(field: string, min: number, max: number): number[] | undefined {
    if (!this.has(field)) return undefined;
    return this.#list(field).flatMap((node, index) => {
      const value = isScalar(node) ? node.value : undefined;
      if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return [Number(value)];
      this.#note(node, `${this.#pathOf(field)}[${index}]`, `must be a whole number from ${min} to ${max}`);
      return [];
    });
  }

  /** The names of the fields that are there. */
  get fields(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** All of it as plain values. */
  toJS(): unknown {
    return isNode(this.#node) ? this.#node.toJS(this.#source.document) : undefined;
  }

  /** A list of mappings; empty when absent. */
  mappings(field: string): Mapping[] {
    return this.#list(field).map(
      (node, index) => new Mapping(this.#source, node, `${this.#pathOf(field)}[${index}]`),
    );
  }

  /** A nested mapping; one without fields when absent. */
  mapping(field: string): Mapping {
    const value = this.#value(field);
    const node = value === undefined ? this.#source.document.createNode({}) : this.#entries.get(field)?.value;
    // What is missing in one that is not there is missing here.
    return new Mapping(this.#source, node, this.#pathOf(field), value === undefined ? this.#place : node);
  }

  /** Notes every field that was never asked for: what has no effect must not look as if it had one. */
  end(): void {
    for (const [field, { key }] of this.#entries) {
      if (this.#known.has(field)) continue;
      const known = [...this.#known].join(', ');
      this.#note(key ?? this.#node, this.#pathOf(field), `is not a field known here (known are ${known})`);
    }
  }

  #value(field: string): unknown {
    this.#known.add(field);
    return this.#entries.get(field)?.value ?? undefined;
  }

  #list(field: string): unknown[] {
    const value = this.#value(field);
    if (value === undefined) return [];
    if (isSeq(value)) return value.items.map((item) => this.#resolved(item));
    this.complain(field, 'must be a list');
    return [];
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#source.document) : node;
  }

  /** The value of a scalar, or what it refers to; undefined after a complaint about the reference. */
  #meant(scalar: Scalar, path: string): unknown {
    const { value } = scalar;
    if (typeof value !== 'string' || !isReference(value)) return value;
    try {
      return resolveReference(value, this.#source.environment);
    } catch (error) {
      this.#note(scalar, path, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #pathOf(field: string): string {
    return this.path === '' ? field : `${this.path}.${field}`;
  }

  #note(node: unknown, path: string, what: string): void {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    const line = offset === undefined ? 1 : this.#source.lines.linePos(offset).line;
    this.#source.complaints.push(`${this.#source.file}:${line}: ${path === '' ? 'the file' : path} ${what}`);
  }
}
