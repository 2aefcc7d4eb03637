import { Int32 } from 'bson';
import { compilePipeline, type Place, runPipeline } from '../../aggregation/pipeline.ts';
import { encode } from '../../bson/encode.ts';
import { toNumber } from '../../bson/number.ts';
import { isDoc, isNumeric, type Value } from '../../bson/value.ts';
import { CommandError } from '../../errors.ts';
import { firstBatchSize } from '../../query/cursor.ts';
import { find, textIndexOf } from '../../query/find.ts';
import { type Context, collectionName, docField, startWork, wholeField } from '../context.ts';
import { CursorReply } from '../reply.ts';
import { hintOf, variablesOf } from './find.ts';

/** `aggregate`. */
export function runAggregate(context: Context): CursorReply {
  const { body, db, cursors } = context;
  if (typeof body.get('aggregate') !== 'string') {
    throw new CommandError(
      'NotImplemented',
      'pipelines without a collection are not supported by this server',
    );
  }
  if (!body.has('cursor')) throw new CommandError('FailedToParse', "The 'cursor' option is required");
  const name = collectionName(context);
  const namespace = `${db}.${name}`;
  const batchSize = wholeField(docField(body, 'cursor'), 'batchSize', firstBatchSize);
  return new CursorReply(
    'firstBatch',
    namespace,
    cursors.open(namespace, documentsOf(context, name), batchSize),
  );
}

function documentsOf(context: Context, name: string): Iterator<Buffer> {
  const { body, database, catalog, db } = context;
  const place = toPlace(context, name);
  const pipeline = compilePipeline(body.get('pipeline'), place);
  const collection = catalog.find(db, name);
  if (collection !== undefined && pipeline.query.filter.text !== undefined) textIndexOf(collection);
  const counted = countedId(body.get('pipeline'));
  if (counted === undefined || collection === undefined) {
    const plain = pipeline.stages.length === 0;
    if (plain && collection !== undefined)
      return find(database, collection, pipeline.query, place.work).map(({ bytes }) => bytes);
    return runPipeline(pipeline, place).map(({ doc }) => encode(doc));
  }
  let total = 0;
  for (const _ of find(database, collection, pipeline.query, place.work)) total += 1;
  const documents =
    total === 0
      ? []
      : [
          encode(
            new Map<string, Value>([
              ['_id', counted.id],
              ['n', new Int32(total)],
            ]),
          ),
        ];
  return documents.values();
}

/** Where the command's pipeline runs. */
export function toPlace(context: Context, collection: string): Place {
  const { body, database, catalog, db } = context;
  const hint = hintOf(body);
  const variables = variablesOf(body);
  return {
    database,
    catalog,
    db,
    collection,
    work: startWork(context),
    ...(hint === undefined ? {} : { hint }),
    ...(variables === undefined ? {} : { variables }),
  };
}

/** The `_id` of the group with which drivers count documents: its documents need not be decoded. */
function countedId(pipeline: Value): { readonly id: Value } | undefined {
  const stages = Array.isArray(pipeline) ? pipeline : [];
  const group = stages.at(-1);
  const leading = stages.slice(0, -1).map((stage) => (isDoc(stage) ? [...stage.keys()].join() : ''));
  // Only what becomes the query may come before.
  if (!isDoc(group) || !/^(\$match,?)*(\$skip,?)?(\$limit)?$/.test(leading.join())) return undefined;
  const spec = group.get('$group');
  if (!isDoc(spec) || spec.size !== 2) return undefined;
  const [id, sum] = [spec.get('_id'), spec.get('n')];
  const one = isDoc(sum) && sum.size === 1 ? sum.get('$sum') : undefined;
  if (!isNumeric(one) || toNumber(one) !== 1) return undefined;
  return id === null || isNumeric(id) ? { id } : undefined;
}
