import { compileExpression, type Input } from '../aggregation/expression.ts';
import { elementsOf } from '../bson/decode.ts';
import { documentOf, encode } from '../bson/encode.ts';
import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isOperatorDoc } from '../filter/operator.ts';
import { compileArrayPart } from './array-part.ts';
import { enterPart, exclude, include, type Part, type Tree } from './tree.ts';

/** A compiled projection. */
export interface Projection {
  /** The projected document. */
  readonly apply: (input: Input) => Doc;
  /** The projected bytes, where that needs no look into the values. */
  readonly applyBytes?: (bytes: Buffer) => Buffer;
}

/** Where a projection stands: a query's may use `$slice`, `$elemMatch` and the positional `$`. */
export interface ProjectionPlace {
  readonly inQuery: boolean;
  /** Which item of the array at a path the query's filter matched. */
  readonly matchedItem?: (doc: Doc, path: string) => number | undefined;
}

/** Compiles a projection document. Throws with MongoDB's codes for mixtures and collisions. */
export function compileProjection(spec: Doc, place: ProjectionPlace): Projection {
  const tree: Tree = new Map();
  const flags: (readonly [string, boolean])[] = [];
  let flat = true;
  const visit = (prefix: string, fields: Doc): void => {
    for (const [name, value] of fields) {
      const path = prefix + name;
      const flag = toFlag(value);
      if (flag === undefined && isDoc(value) && !isOperatorDoc(value) && value.size > 0) {
        flat = false;
        visit(`${path}.`, value);
        continue;
      }
      if (flag !== undefined && !path.endsWith('.$')) flags.push([path, flag]);
      const part = flag === undefined || path.endsWith('.$') ? toPart(path, value, place) : flag;
      flat &&= typeof part === 'boolean' && !path.includes('.');
      enterPart(tree, path.replace(/\.\$$/, ''), part);
    }
  };
  visit('', spec);
  const inclusive = checkMode(tree, flags);
  const apply = ({ doc, score, variables }: Input): Doc => {
    const input = { doc, score, variables };
    return inclusive ? include(doc, withId(tree), input) : exclude(doc, tree, input);
  };
  return flat && flags.length > 0 ? { apply, applyBytes: bytesOf(tree, inclusive) } : { apply };
}

/** Projects what was found into the bytes that the reply carries. */
export function projectBytes(projection: Projection, bytes: Buffer, input: () => Input): Buffer {
  return projection.applyBytes?.(bytes) ?? encode(projection.apply(input()));
}

function toFlag(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return isNumeric(value) ? toNumber(value) !== 0 : undefined;
}

function toPart(path: string, value: Value, place: ProjectionPlace): Part {
  const arrayPart = place.inQuery ? compileArrayPart(path, value, place) : undefined;
  if (arrayPart !== undefined) return arrayPart;
  if (path.startsWith('$') || path.split('.').some((name) => name.startsWith('$') || name === '')) {
    throw new CommandError('BadValue', `FieldPath field names may not start with '$' or be empty: '${path}'`);
  }
  if (isDoc(value) && value.has('$slice') && place.inQuery)
    throw new CommandError('BadValue', '$slice is malformed');
  return { kind: 'computed', compute: compileExpression(value) };
}

/** Whether the projection names what stays; `_id` may always say otherwise. */
function checkMode(tree: Tree, flags: readonly (readonly [string, boolean])[]): boolean {
  const [first] = flags.filter(([path]) => path !== '_id');
  const mixed =
    first === undefined ? undefined : flags.find(([path, flag]) => path !== '_id' && flag !== first[1]);
  if (mixed !== undefined) {
    const [path, flag] = mixed;
    throw flag
      ? new CommandError('Location31253', `Cannot do inclusion on field ${path} in exclusion projection`)
      : new CommandError('Location31254', `Cannot do exclusion on field ${path} in inclusion projection`);
  }
  if (first !== undefined) return first[1];
  return tree.get('_id') === true || hasInclusiveComputed(tree);
}

/** `$slice` alone keeps the other fields, and so does `$meta`; `$elemMatch` and computed fields do not. */
function hasInclusiveComputed(tree: Tree): boolean {
  return [...tree.values()].some((part) => {
    if (part instanceof Map) return hasInclusiveComputed(part);
    return typeof part === 'object' && part.kind !== 'slice' && part.keepsOthers !== true;
  });
}

function withId(tree: Tree): Tree {
  return tree.has('_id') ? tree : new Map<string, Part | Tree>([['_id', true], ...tree]);
}

function bytesOf(tree: Tree, inclusive: boolean): (bytes: Buffer) => Buffer {
  const names = new Set(
    [...(inclusive ? withId(tree) : tree)].flatMap(([name, part]) => (part === inclusive ? [name] : [])),
  );
  return (bytes) =>
    documentOf(
      elementsOf(bytes)
        .filter(({ name }) => names.has(name) === inclusive)
        .map(({ begin, end }) => bytes.subarray(begin, end)),
    );
}
