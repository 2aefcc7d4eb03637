import type { Expression, Input } from '../aggregation/expression.ts';
import { pathParts } from '../bson/path.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';

/** What a projection does with one field: keep or drop it, compute it, or take part of an array. */
export type Part =
  | boolean
  | { readonly kind: 'computed'; readonly compute: Expression; readonly keepsOthers?: boolean }
  | {
      readonly kind: 'slice' | 'match';
      readonly take: (value: Value, input: Input) => Value;
      readonly keepsOthers?: boolean;
    };

/** A projection by field, as deep as it goes. */
export interface Tree extends Map<string, Part | Tree> {}

/** Enters a part at a dotted path. Throws when the path crosses another one. */
export function enterPart(tree: Tree, path: string, part: Part): void {
  const parts = pathParts(path);
  const last = parts.pop() ?? '';
  let node = tree;
  for (const [at, name] of parts.entries()) {
    const next = node.get(name) ?? new Map<string, Part | Tree>();
    if (!(next instanceof Map)) {
      const rest = [...parts.slice(at + 1), last].join('.');
      throw new CommandError('Location31249', `Path collision at ${path} remaining portion ${rest}`);
    }
    node.set(name, next);
    node = next;
  }
  if (node.has(last)) throw new CommandError('Location31250', `Path collision at ${path}`);
  node.set(last, part);
}

/** The document with nothing but what the tree names, in the document's order, computed fields at the end. */
export function include(doc: Doc, tree: Tree, input: Input): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const part = tree.get(name);
    const kept = part === undefined ? undefined : includePart(value, part, input);
    if (kept !== undefined) result.set(name, kept);
  }
  addComputed(result, tree, input);
  return result;
}

function includePart(value: Value, part: Part | Tree, input: Input): Value {
  if (part instanceof Map) return includeBelow(value, part, input);
  if (typeof part === 'boolean') return part ? value : undefined;
  // A field that is computed in a document keeps its place in it.
  return part.kind === 'computed' ? part.compute(input) : part.take(value, input);
}

function includeBelow(value: Value, tree: Tree, input: Input): Value {
  if (isDoc(value)) return include(value, tree, input);
  if (!Array.isArray(value)) return replacedBy(tree, input);
  return value.map((item) => includeBelow(item, tree, input)).filter((item) => item !== undefined);
}

/** The document without what the tree names. */
export function exclude(doc: Doc, tree: Tree, input: Input): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const part = tree.get(name);
    const kept = part === undefined ? value : excludePart(value, part, input);
    if (kept !== undefined) result.set(name, kept);
  }
  addComputed(result, tree, input);
  return result;
}

function excludePart(value: Value, part: Part | Tree, input: Input): Value {
  if (part instanceof Map) return excludeBelow(value, part, input);
  if (typeof part === 'boolean') return part ? value : undefined;
  return part.kind === 'computed' ? part.compute(input) : part.take(value, input);
}

function excludeBelow(value: Value, tree: Tree, input: Input): Value {
  if (isDoc(value)) return exclude(value, tree, input);
  if (Array.isArray(value)) return value.map((item) => excludeBelow(item, tree, input));
  return replacedBy(tree, input) ?? value;
}

/** A value with no fields of its own gives way to the fields computed below it. */
function replacedBy(tree: Tree, input: Input): Doc | undefined {
  const below: Doc = new Map();
  addComputed(below, tree, input);
  return below.size > 0 ? below : undefined;
}

function addComputed(result: Doc, tree: Tree, input: Input): void {
  for (const [name, part] of tree) {
    if (result.has(name) || typeof part === 'boolean') continue;
    if (part instanceof Map) {
      const below = replacedBy(part, input);
      if (below !== undefined) result.set(name, below);
    } else if (part.kind === 'computed') {
      const value = part.compute(input);
      if (value !== undefined) result.set(name, value);
    }
  }
}
