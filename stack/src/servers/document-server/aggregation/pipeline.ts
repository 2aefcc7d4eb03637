import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileFilter } from '../filter/filter.ts';
import { find, type Query } from '../query/find.ts';
import type { Work } from '../query/scan.ts';
import { parseSort } from '../query/sort.ts';
import type { Catalog } from '../storage/catalog.ts';
import type { Database } from '../storage/database.ts';
import type { Input } from './expression.ts';
import type { Item, Stage } from './item.ts';
import { lookup } from './lookup.ts';
import { compileStage, wholeOf } from './stage.ts';

/** Where a pipeline runs. */
export interface Place {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly db: string;
  readonly collection: string;
  readonly work: Work;
  readonly hint?: Value;
  readonly variables?: Input['variables'];
}

/** A pipeline, cut into the query that begins it and the stages that follow. */
export interface Pipeline {
  readonly query: Query;
  readonly stages: readonly Stage[];
}

/** Compiles a pipeline. What filter, sort, skip and limit lead it become a query, which indexes can serve. */
export function compilePipeline(specs: Value, place: Place): Pipeline {
  const parts = stageSpecs(specs);
  let at = 0;
  const filters: Doc[] = [];
  for (; parts[at]?.[0] === '$match'; at += 1) {
    const filter = parts[at]?.[1];
    if (!isDoc(filter))
      throw new CommandError('BadValue', 'the match filter must be an expression in an object');
    filters.push(filter);
  }
  const filterSpec: Doc = filters.length > 1 ? new Map([['$and', filters]]) : (filters[0] ?? new Map());
  const filter = compileFilter(filterSpec, true, place.variables);
  let sort: Query['sort'] = [];
  if (parts[at]?.[0] === '$sort') {
    sort = parseSort(parts[at]?.[1]);
    if (sort.length === 0) throw new CommandError('BadValue', '$sort stage must have at least one sort key');
    at += 1;
  }
  let skip = 0;
  let limit = Number.POSITIVE_INFINITY;
  if (parts[at]?.[0] === '$skip') {
    skip = wholeOf('$skip', parts[at]?.[1], 0);
    at += 1;
  }
  if (parts[at]?.[0] === '$limit') {
    limit = wholeOf('$limit', parts[at]?.[1], 1);
    at += 1;
  }
  const stages = parts.slice(at).map(([name, spec]) => toStage(name, spec, place));
  return {
    query: { filter, sort, skip, limit, ...(place.hint === undefined ? {} : { hint: place.hint }) },
    stages,
  };
}

/** Runs a pipeline. Refuses at once what cannot be; nothing is read before the first document is asked for. */
export function runPipeline({ query, stages }: Pipeline, place: Place): Generator<Item> {
  const { database, catalog, db, collection: name, work, variables } = place;
  const collection = catalog.find(db, name);
  let items: Iterable<Item> =
    collection === undefined ? [] : withVariables(find(database, collection, query, work), variables);
  for (const stage of stages) items = stage(items);
  return passOn(items);
}

function* passOn(items: Iterable<Item>): Generator<Item> {
  yield* items;
}

function* withVariables(found: Iterable<Item>, variables: Input['variables']): Generator<Item> {
  for (const item of found) {
    yield variables === undefined ? item : { doc: item.doc, score: item.score, size: item.size, variables };
  }
}

function stageSpecs(specs: Value): (readonly [string, Value])[] {
  if (!Array.isArray(specs))
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  return specs.map((spec) => {
    const [entry, another] = isDoc(spec) ? spec : [];
    if (entry !== undefined && another === undefined) return entry;
    throw new CommandError(
      'BadValue',
      'A pipeline stage specification object must contain exactly one field.',
    );
  });
}

function toStage(name: string, spec: Value, place: Place): Stage {
  if (name === '$lookup') return lookup(spec, place);
  if (name === '$facet') return facet(spec, place);
  const stage = compileStage(name, spec, place.variables);
  if (stage !== undefined) return stage;
  throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
}

/** `$facet`: several pipelines over the same documents, each a field of the one document that comes out. */
function facet(spec: Value, place: Place): Stage {
  if (!isDoc(spec) || spec.size === 0)
    throw new CommandError('BadValue', '$facet needs at least one pipeline');
  const facets = [...spec].map(([name, specs]) => {
    return [name, stageSpecs(specs).map(([stage, part]) => toStage(stage, part, place))] as const;
  });
  return function* faceted(items) {
    const all = [...items];
    const doc: Doc = new Map();
    for (const [name, stages] of facets) {
      let flow: Iterable<Item> = all;
      for (const stage of stages) flow = stage(flow);
      doc.set(
        name,
        [...flow].map((item) => item.doc),
      );
    }
    yield { doc, size: 1000 };
  };
}
