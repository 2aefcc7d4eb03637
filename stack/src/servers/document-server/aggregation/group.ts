import { Int32 } from 'bson';
import { toKey } from '../bson/key.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { type Accumulator, createAccumulator } from './accumulator.ts';
import { compileExpression, type Expression } from './expression.ts';
import type { Item, Stage } from './item.ts';

/** How many groups may be held. */
const maxGroups = 500_000;

interface Field {
  readonly name: string;
  readonly operator: string;
  readonly argument: Expression;
}

/** `$group`: one document for each value of `_id`, its other fields gathered by accumulators. */
export function group(spec: Value): Stage {
  if (!isDoc(spec)) throw new CommandError('BadValue', "a group's fields must be specified in an object");
  if (!spec.has('_id')) throw new CommandError('Location15955', 'a group specification must include an _id');
  const idOf = compileExpression(spec.get('_id'));
  const fields = [...spec].filter(([name]) => name !== '_id').map(([name, part]) => parseField(name, part));
  return (items) => gather(items, idOf, fields);
}

function parseField(name: string, part: Value): Field {
  const [entry, another] = isDoc(part) ? part : [];
  if (entry === undefined || another !== undefined || !entry[0].startsWith('$')) {
    throw new CommandError('BadValue', `The field '${name}' must be an accumulator object`);
  }
  if (name.includes('.')) throw new CommandError('BadValue', `The field name '${name}' cannot contain '.'`);
  const [operator, argument] = entry;
  createAccumulator(operator);
  return { name, operator, argument: compileExpression(argument) };
}

function* gather(items: Iterable<Item>, idOf: Expression, fields: readonly Field[]): Generator<Item> {
  const groups = new Map<string, { id: Value; accumulators: Accumulator[] }>();
  for (const item of items) {
    const id = idOf(item) ?? null;
    const key = toKey([id]).toString('latin1');
    let found = groups.get(key);
    if (found === undefined) {
      found = { id, accumulators: fields.map(({ operator }) => createAccumulator(operator)) };
      groups.set(key, found);
      if (groups.size > maxGroups) {
        throw new CommandError(
          'QueryExceededMemoryLimitNoDiskUseAllowed',
          `$group is limited to ${maxGroups} groups`,
        );
      }
    }
    for (const [at, { argument }] of fields.entries()) found.accumulators[at]?.add(argument(item));
  }
  for (const { id, accumulators } of groups.values()) {
    const doc: Doc = new Map([['_id', id]]);
    for (const [at, { name }] of fields.entries()) doc.set(name, accumulators[at]?.result());
    yield { doc, size: 1000 };
  }
}

/** `$count`: one document with the number of those that came in, none when none came. */
export function count(spec: Value): Stage {
  if (typeof spec !== 'string' || spec === '' || spec.startsWith('$') || spec.includes('.')) {
    throw new CommandError('BadValue', 'the count field must be a non-empty string without $ and .');
  }
  return function* counted(items) {
    let total = 0;
    for (const _ of items) total += 1;
    if (total > 0) yield { doc: new Map([[spec, new Int32(total)]]), size: 100 };
  };
}
