import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { checkFiltersUsed, compileArrayFilters, toPositions } from './array-filter.ts';
import { compileArrayOperator } from './array-operator.ts';
import { compileFieldOperator, type FieldChange } from './field-operator.ts';
import { type Positions, slotsOf } from './slot.ts';

/** How an update is applied to one document. */
export interface UpdateInput {
  /** The place in the array at a path that the filter matched. */
  readonly matched: (path: string) => number | undefined;
  /** Whether the document is being made by an upsert. */
  readonly inserting: boolean;
}

/** A compiled update; `apply` changes the document it is given. */
export interface Update {
  readonly replaces: boolean;
  readonly apply: (doc: Doc, input: UpdateInput) => void;
}

interface Change extends FieldChange {
  readonly path: string;
  readonly onInsertOnly: boolean;
}

/** Compiles a document of update operators. Throws FailedToParse, ConflictingUpdateOperators and the like. */
export function compileOperatorUpdate(spec: Doc, arrayFilters: Value): Update {
  const filters = compileArrayFilters(arrayFilters);
  const changes: Change[] = [];
  const renames: (readonly [string, string])[] = [];
  for (const [operator, fields] of spec) {
    if (!isDoc(fields)) {
      if (!isKnown(operator)) throw unknownModifier(operator);
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found another type for ${operator}`,
      );
    }
    for (const [path, operand] of fields) {
      checkPath(path);
      if (operator === '$rename') renames.push([path, renameTarget(path, operand)]);
      else {
        const change =
          compileFieldOperator(operator, operand, path) ?? compileArrayOperator(operator, operand);
        if (change === undefined) throw unknownModifier(operator);
        changes.push({ ...change, path, onInsertOnly: operator === '$setOnInsert' });
      }
    }
    if (!isKnown(operator)) throw unknownModifier(operator);
  }
  checkConflicts([...changes.map(({ path }) => path), ...renames.flat()]);
  checkFiltersUsed(
    filters,
    changes.map(({ path }) => path),
  );
  // MongoDB applies changes in the order of their paths, which decides where new fields stand.
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  const apply = (doc: Doc, { matched, inserting }: UpdateInput): void => {
    const positions = toPositions(filters, matched);
    for (const [from, to] of renames) rename(doc, from, to, positions);
    for (const { path, create, onInsertOnly, apply: write } of changes) {
      if (onInsertOnly && !inserting) continue;
      for (const slot of slotsOf(doc, path, create, positions)) write(slot, doc);
    }
  };
  return { replaces: false, apply };
}

const operators =
  '$set $setOnInsert $unset $inc $mul $min $max $currentDate $bit $rename $push $addToSet $pop $pull $pullAll';

function isKnown(operator: string): boolean {
  return operators.split(' ').includes(operator);
}

function unknownModifier(operator: string): CommandError {
  return new CommandError(
    'FailedToParse',
    `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
  );
}

function checkPath(path: string): void {
  const parts = path.split('.');
  if (parts.includes('')) {
    throw new CommandError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  if (parts[0]?.startsWith('$') === true) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${path}' is not valid for storage.`,
    );
  }
}

function renameTarget(path: string, operand: Value): string {
  if (typeof operand !== 'string')
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${path}`);
  checkPath(operand);
  if (`${path}.${operand}`.includes('$')) throw new CommandError('BadValue', '$rename may not be dynamic');
  return operand;
}

function checkConflicts(paths: readonly string[]): void {
  for (const [at, path] of paths.entries()) {
    const other = paths
      .slice(0, at)
      .find((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`));
    if (other === undefined) continue;
    const shorter = other.length < path.length ? other : path;
    throw new CommandError(
      'ConflictingUpdateOperators',
      `Updating the path '${path}' would create a conflict at '${shorter}'`,
    );
  }
}

function rename(doc: Doc, from: string, to: string, positions: Positions): void {
  for (const source of slotsOf(doc, from, false, positions)) {
    const value = source.get();
    if (value === undefined) continue;
    if (source.inArray)
      throw new CommandError('BadValue', `The source field cannot be an array element, '${from}'`);
    source.remove();
    for (const target of slotsOf(doc, to, true, positions)) target.set(value);
  }
}
