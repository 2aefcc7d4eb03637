import { someValue } from '../bson/path.ts';
import { toPlain } from '../bson/plain.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, type Expression } from './expression.ts';
import type { Item, Stage } from './item.ts';
import { compilePipeline, type Place, runPipeline } from './pipeline.ts';
import { put } from './unwind.ts';

const known: readonly string[] = ['from', 'as', 'localField', 'foreignField', 'let', 'pipeline'];

/** `$lookup`: the documents of another collection of the same database that belong to each document. */
export function lookup(spec: Value, place: Place): Stage {
  if (!isDoc(spec)) throw new CommandError('FailedToParse', 'the $lookup specification must be an object');
  const unknown = [...spec.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new CommandError('FailedToParse', `unknown argument to $lookup: ${unknown}`);
  const from = textOf(spec, 'from');
  const as = textOf(spec, 'as').split('.');
  const byField = spec.has('localField') || spec.has('foreignField');
  const local = byField ? textOf(spec, 'localField').split('.') : undefined;
  const foreign = byField ? textOf(spec, 'foreignField') : '';
  const pipeline = spec.get('pipeline') ?? [];
  if (!byField && !spec.has('pipeline'))
    throw new CommandError('FailedToParse', '$lookup requires localField or pipeline');
  const variables = letOf(spec.get('let'));
  const there: Place = { ...place, collection: from };
  // Compiled once for its complaints; again for each document, because its variables are those of the document.
  if (variables.length === 0) compilePipeline(pipeline, there);
  const joined = (item: Item): Doc[] => {
    const own: Place = { ...there, variables: { ...item.variables, ...valuesOf(variables, item) } };
    const match: Value[] =
      local === undefined ? [] : [new Map([['$match', matchOf(item.doc, local, foreign)]])];
    const specs = [...match, ...(Array.isArray(pipeline) ? pipeline : [])];
    return [...runPipeline(compilePipeline(specs, own), own)].map(({ doc }) => doc);
  };
  return function* looked(items) {
    for (const item of items)
      yield { ...item, doc: put(item.doc, as, joined(item)), size: item.size, score: item.score };
  };
}

function textOf(spec: Doc, name: string): string {
  const value = spec.get(name);
  if (typeof value === 'string' && value !== '') return value;
  throw new CommandError('FailedToParse', `$lookup argument '${name}' must be a string`);
}

/** The local values as a filter on the foreign field: an array matches by any of its items, nothing matches null. */
function matchOf(doc: Doc, local: readonly string[], foreign: string): Doc {
  const values: Value[] = [];
  someValue(doc, local, true, (value) => {
    if (!Array.isArray(value)) values.push(value ?? null);
    return false;
  });
  return new Map([[foreign, new Map([['$in', values]])]]);
}

function letOf(spec: Value): (readonly [string, Expression])[] {
  if (spec === undefined) return [];
  if (!isDoc(spec)) throw new CommandError('FailedToParse', "$lookup argument 'let' must be an object");
  return [...spec].map(([name, part]) => {
    if (!/^[a-z][A-Za-z0-9_]*$/.test(name))
      throw new CommandError('FailedToParse', `'${name}' is no name for a variable`);
    return [name, compileExpression(part)] as const;
  });
}

function valuesOf(
  variables: readonly (readonly [string, Expression])[],
  item: Item,
): Record<string, unknown> {
  return Object.fromEntries(variables.map(([name, compute]) => [name, toPlain(compute(item))]));
}
