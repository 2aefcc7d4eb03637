import { Int32, Long } from 'bson';
import { toNumber } from '../bson/number.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileFilter, passes } from '../filter/filter.ts';
import { isOperatorDoc } from '../filter/operator.ts';
import { compileProjection } from '../projection/projection.ts';
import { enterPart, exclude, type Tree } from '../projection/tree.ts';
import { parseSort, sorted } from '../query/sort.ts';
import { compileExpression, type Input } from './expression.ts';
import { count, group } from './group.ts';
import type { Item, Stage } from './item.ts';
import { unwind } from './unwind.ts';

type Variables = Input['variables'];

const stages: Readonly<Record<string, (spec: Value, variables: Variables) => Stage>> = {
  $match: match,
  $sort: (spec) => {
    const sort = parseSort(spec);
    if (sort.length === 0) throw new CommandError('BadValue', '$sort stage must have at least one sort key');
    return (items) => sorted(items, sort, Number.POSITIVE_INFINITY);
  },
  $limit: (spec) => limit(wholeOf('$limit', spec, 1)),
  $skip: (spec) => skip(wholeOf('$skip', spec, 0)),
  $project: (spec) => {
    if (!isDoc(spec) || spec.size === 0)
      throw new CommandError('BadValue', '$project needs at least one field');
    const { apply } = compileProjection(spec, { inQuery: false });
    return each(apply);
  },
  $addFields: addFields,
  $set: addFields,
  $unset: (spec) => {
    const paths = (Array.isArray(spec) ? spec : [spec]).map(String);
    const { apply } = compileProjection(new Map(paths.map((path) => [path, false])), { inQuery: false });
    return each(apply);
  },
  $replaceRoot: (spec) => replaceWith(isDoc(spec) ? spec.get('newRoot') : undefined),
  $replaceWith: replaceWith,
  $group: group,
  $count: count,
  $sortByCount: (spec) => {
    const counted = group(
      new Map([
        ['_id', spec],
        ['count', new Map([['$sum', new Int32(1)]])],
      ]),
    );
    const order = parseSort(new Map([['count', new Int32(-1)]]));
    return (items) => sorted(counted(items), order, Number.POSITIVE_INFINITY);
  },
  $unwind: unwind,
};

/** Compiles a stage that works on what flows in alone; undefined when there is none of that name. */
export function compileStage(name: string, spec: Value, variables: Variables): Stage | undefined {
  return Object.hasOwn(stages, name) ? stages[name]?.(spec, variables) : undefined;
}

function match(spec: Value, variables: Variables): Stage {
  if (!isDoc(spec)) throw new CommandError('BadValue', 'the match filter must be an expression in an object');
  const filter = compileFilter(spec, true, variables);
  if (filter.text !== undefined) {
    throw new CommandError('BadValue', '$match with $text is only allowed as the first pipeline stage');
  }
  return function* matched(items) {
    for (const item of items) if (passes(filter, item.doc)) yield item;
  };
}

function each(change: (item: Item) => Doc): Stage {
  return function* changed(items) {
    for (const item of items) yield { ...carried(item), doc: change(item) };
  };
}

/** What goes along with a document from stage to stage. */
function carried({ score, variables, size }: Item): Omit<Item, 'doc'> {
  return { score, variables, size };
}

function addFields(spec: Value): Stage {
  if (!isDoc(spec) || spec.size === 0)
    throw new CommandError('BadValue', '$addFields needs at least one field');
  const tree: Tree = new Map();
  const visit = (prefix: string, fields: Doc): void => {
    for (const [name, value] of fields) {
      if (name.startsWith('$') || name.split('.').includes('')) {
        throw new CommandError('BadValue', `'${name}' is not a valid field path`);
      }
      if (isDoc(value) && value.size > 0 && !isOperatorDoc(value)) visit(`${prefix}${name}.`, value);
      else enterPart(tree, prefix + name, { kind: 'computed', compute: compileExpression(value) });
    }
  };
  visit('', spec);
  return each((item) => exclude(item.doc, tree, item));
}

function replaceWith(spec: Value): Stage {
  const compute = compileExpression(spec);
  return each((item) => {
    const doc = compute(item);
    if (isDoc(doc)) return doc;
    throw new CommandError('BadValue', "'newRoot' expression must evaluate to an object");
  });
}

/** Reads a whole number not below `least`. */
export function wholeOf(name: string, value: Value, least: number): number {
  const number = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (Number.isInteger(number) && number >= least) return number;
  const shown = value instanceof Long ? value.toString() : String(number);
  throw new CommandError('BadValue', `${name} must be a whole number of at least ${least}, not ${shown}`);
}

function limit(most: number): Stage {
  return function* limited(items) {
    let left = most;
    for (const item of items) {
      yield item;
      left -= 1;
      if (left === 0) return;
    }
  };
}

function skip(first: number): Stage {
  return function* skipped(items) {
    let left = first;
    for (const item of items) {
      if (left > 0) left -= 1;
      else yield item;
    }
  };
}
