import { Int32 } from 'bson';
import { compilePipeline } from '../../aggregation/pipeline.ts';
import { type Doc, isDoc, type Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { compileFilter } from '../../filter/filter.ts';
import { find, type Query, textIndexOf } from '../../query/find.ts';
import { choosePlan } from '../../query/plan.ts';
import type { Collection } from '../../storage/collection.ts';
import { type Context, collectionName, docField, startWork } from '../context.ts';
import { toPlace } from './aggregate.ts';
import { queryOf } from './find.ts';

/** `explain` of `find`, `count` and `aggregate`: the plan, and what running it looked at. */
export function runExplain(context: Context): Doc {
  const explained = context.body.get('explain');
  const [name] = isDoc(explained) ? explained.keys() : [];
  if (!isDoc(explained) || name === undefined)
    throw new CommandError('FailedToParse', 'explain needs a command');
  const inner: Context = { ...context, name, body: explained };
  const query = queryOfCommand(inner);
  const collection = context.catalog.find(context.db, collectionName(inner));
  const reply: Doc = new Map<string, Value>([
    ['explainVersion', '1'],
    [
      'queryPlanner',
      new Map<string, Value>([
        ['namespace', `${context.db}.${collectionName(inner)}`],
        ['winningPlan', collection === undefined ? stage('EOF') : describe(collection, query)],
        ['rejectedPlans', []],
      ]),
    ],
  ]);
  if (context.body.get('verbosity') !== 'queryPlanner')
    reply.set('executionStats', execute(context, collection, query));
  return reply.set('command', explained);
}

function queryOfCommand(context: Context): Query {
  const { name, body } = context;
  if (name === 'find') return queryOf(body);
  if (name === 'aggregate')
    return compilePipeline(body.get('pipeline'), toPlace(context, collectionName(context))).query;
  if (name === 'count') {
    return {
      filter: compileFilter(docField(body, 'query')),
      sort: [],
      skip: 0,
      limit: Number.POSITIVE_INFINITY,
    };
  }
  throw new CommandError('NotImplemented', `explain of ${name} is not supported by this server`);
}

function describe(collection: Collection, query: Query): Doc {
  const { filter, sort, hint } = query;
  if (filter.text !== undefined) {
    const text = stage('TEXT_MATCH', [['indexName', textIndexOf(collection).spec.name]]);
    return sort.length === 0 ? text : stage('SORT', [['inputStage', text]]);
  }
  const plan = choosePlan(collection, filter, sort, hint);
  const source =
    plan.spec === undefined
      ? stage('COLLSCAN', [['direction', plan.direction > 0 ? 'forward' : 'backward']])
      : stage('FETCH', [
          [
            'inputStage',
            stage('IXSCAN', [
              ['keyPattern', plan.spec.key],
              ['indexName', plan.spec.name],
              ['isMultiKey', plan.index !== 'id' && plan.index?.multikey === true],
              ['isUnique', plan.spec.unique],
              ['direction', plan.direction > 0 ? 'forward' : 'backward'],
            ]),
          ],
        ]);
  return plan.sortServed ? source : stage('SORT', [['inputStage', source]]);
}

function stage(name: string, fields: readonly (readonly [string, Value])[] = []): Doc {
  return new Map<string, Value>([['stage', name], ...fields]);
}

function execute(context: Context, collection: Collection | undefined, query: Query): Doc {
  const work = startWork(context);
  let returned = 0;
  const start = performance.now();
  if (collection !== undefined)
    for (const _ of find(context.database, collection, query, work)) returned += 1;
  return new Map<string, Value>([
    ['executionSuccess', true],
    ['nReturned', new Int32(returned)],
    ['executionTimeMillis', new Int32(Math.round(performance.now() - start))],
    ['totalKeysExamined', new Int32(work.keysExamined)],
    ['totalDocsExamined', new Int32(work.docsExamined)],
  ]);
}
