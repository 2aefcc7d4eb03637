import { isPlace, pathParts } from '../bson/path.ts';
import { printDoc, printValue } from '../bson/print.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';

const mostPadding = 1_500_000;

/** A place in a document that an update may read and write. */
export class Slot {
  readonly path: string;
  readonly #container: Doc | Value[];
  readonly #name: string;

  constructor(container: Doc | Value[], name: string, path: string) {
    this.#container = container;
    this.#name = name;
    this.path = path;
  }

  get(): Value {
    return isDoc(this.#container) ? this.#container.get(this.#name) : this.#container[Number(this.#name)];
  }

  set(value: Value): void {
    if (isDoc(this.#container)) {
      this.#container.set(this.#name, value);
      return;
    }
    const place = Number(this.#name);
    if (place - this.#container.length > mostPadding) {
      throw new CommandError('BadValue', `cannot pad an array up to place ${place}`);
    }
    while (this.#container.length < place) this.#container.push(null);
    this.#container[place] = value;
  }

  /** Takes the field away; an item of an array becomes null. */
  remove(): void {
    if (isDoc(this.#container)) this.#container.delete(this.#name);
    else if (Number(this.#name) < this.#container.length) this.#container[Number(this.#name)] = null;
  }

  get inArray(): boolean {
    return !isDoc(this.#container);
  }
}

/** What the `$`, `$[]` and `$[name]` of a path stand for in one document. */
export interface Positions {
  /** The place in the array at this path that the filter matched. */
  readonly matched: (path: string) => number;
  /** Whether an item passes the array filter of this name. */
  readonly passes: (name: string, item: Value) => boolean;
}

/** The slots that an update path names. Missing documents on the way are made when `create` is set. */
export function slotsOf(doc: Doc, path: string, create: boolean, positions: Positions): Slot[] {
  const slots: Slot[] = [];
  descend(doc, pathParts(path), 0, create, positions, [], slots);
  return slots;
}

function descend(
  container: Doc | Value[],
  parts: readonly string[],
  depth: number,
  create: boolean,
  positions: Positions,
  walked: readonly string[],
  into: Slot[],
): void {
  for (const name of namesAt(container, parts[depth] ?? '', create, positions, walked)) {
    const here = [...walked, name];
    const slot = new Slot(container, name, here.join('.'));
    if (depth === parts.length - 1) {
      into.push(slot);
      continue;
    }
    const value = slot.get();
    if (isDoc(value) || Array.isArray(value)) descend(value, parts, depth + 1, create, positions, here, into);
    else if (create) {
      if (value !== undefined) throw notViable(parts[depth + 1] ?? '', name, value);
      const made: Doc = new Map();
      const next = parts[depth + 1] ?? '';
      if (next.startsWith('$')) throw needsArray(here.join('.'));
      descend(made, parts, depth + 1, create, positions, here, into);
      slot.set(made);
    }
  }
}

function namesAt(
  container: Doc | Value[],
  part: string,
  create: boolean,
  positions: Positions,
  walked: readonly string[],
): string[] {
  const path = walked.join('.');
  if (part === '$') return [String(positions.matched(path))];
  if (part.startsWith('$[')) {
    if (!Array.isArray(container))
      throw new CommandError('BadValue', `Cannot apply array updates to non-array element ${path}`);
    const name = part.slice(2, -1);
    const places = container.map((_, place) => place);
    return places.filter((place) => name === '' || positions.passes(name, container[place])).map(String);
  }
  if (isDoc(container) || isPlace(part)) return [part];
  if (create) throw notViable(part, walked.at(-1) ?? '', container);
  return [];
}

function needsArray(path: string): CommandError {
  return new CommandError(
    'BadValue',
    `The path '${path}' must exist in the document in order to apply array updates.`,
  );
}

function notViable(part: string, name: string, value: Value): CommandError {
  const element = isDoc(value) ? printDoc(value) : printValue(value);
  return new CommandError('PathNotViable', `Cannot create field '${part}' in element {${name}: ${element}}`);
}
