import { BSONRegExp } from 'bson';
import { compileExpression, type Input, isTruthy } from '../aggregation/expression.ts';
import { someValue } from '../bson/path.ts';
import { type Doc, isDoc, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { parseTextSearch, type TextSearch } from '../text/search.ts';
import { equalTo, matching } from './comparison.ts';
import { compileOperators, type FieldTest, isOperatorDoc } from './operator.ts';

/** What one condition says about one field in a way that an index can serve. */
export interface Bound {
  readonly path: string;
  readonly operator: '$eq' | '$in' | '$gt' | '$gte' | '$lt' | '$lte' | '$exists';
  readonly operand: Value;
}

/** One of the conditions that must all hold. */
export interface Condition {
  /** The path that it is about; undefined when it is about several. */
  readonly path?: string;
  readonly bound?: Bound;
  readonly test: (doc: Doc) => boolean;
}

/** A filter, taken apart into the conditions that must all hold. */
export interface Filter {
  readonly conditions: readonly Condition[];
  readonly text?: TextSearch;
}

/** Whether a document passes; a text search is left to the text index. */
export function passes(filter: Filter, doc: Doc): boolean {
  return filter.conditions.every(({ test }) => test(doc));
}

/**
 * Compiles a filter document, with the `variables` that its `$expr` may use. Below the `top` there is no
 * `$text`. Throws BadValue as MongoDB words it.
 */
export function compileFilter(spec: Doc, top = true, variables?: Input['variables']): Filter {
  const conditions: Condition[] = [];
  let text: TextSearch | undefined;
  for (const [key, value] of spec) {
    if (key === '$text') {
      if (!top || text !== undefined)
        throw new CommandError('BadValue', '$text is only allowed once, at the top');
      text = parseTextSearch(value);
    } else if (key === '$and') {
      for (const part of clauses(key, value)) {
        const filter = compileFilter(part, top, variables);
        conditions.push(...filter.conditions);
        text = filter.text ?? text;
      }
    } else conditions.push(...compileEntry(key, value, variables));
  }
  return text === undefined ? { conditions } : { conditions, text };
}

function compileEntry(key: string, value: Value, variables: Input['variables']): Condition[] {
  if (!key.startsWith('$')) return compileField(key, value);
  if (key === '$comment') return [];
  if (key === '$or' || key === '$nor') {
    const filters = clauses(key, value).map((part) => compileFilter(part, false, variables));
    // As MongoDB rewrites it: an upsert takes the values of a lone alternative, and an index serves it.
    if (key === '$or' && filters.length === 1) return [...(filters[0]?.conditions ?? [])];
    const any = (doc: Doc): boolean => filters.some((filter) => passes(filter, doc));
    return [{ test: key === '$or' ? any : (doc) => !any(doc) }];
  }
  if (key === '$expr') {
    const evaluate = compileExpression(value);
    return [{ test: (doc) => isTruthy(evaluate({ doc, variables })) }];
  }
  if (key === '$where' || key === '$jsonSchema') {
    throw new CommandError('NotImplemented', `${key} is not supported by this server`);
  }
  throw new CommandError('BadValue', `unknown top level operator: ${key}`);
}

function clauses(key: string, value: Value): Doc[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new CommandError('BadValue', `${key} must be a nonempty array`);
  }
  return value.map((part) => {
    if (isDoc(part)) return part;
    throw new CommandError('BadValue', `${key} argument's entries must be objects`);
  });
}

function compileField(path: string, value: Value): Condition[] {
  if (isDoc(value) && isOperatorDoc(value))
    return compileOperators(value).map((test) => toCondition(path, test));
  if (value instanceof BSONRegExp) return [toCondition(path, { operator: '$regex', test: matching(value) })];
  return [toCondition(path, { operator: '$eq', operand: value, test: equalTo(value) })];
}

function toCondition(path: string, field: FieldTest): Condition {
  if (field.inner !== undefined) {
    const inner = field.inner.map((part) => toCondition(path, part));
    return { path, test: (doc) => !inner.every((condition) => condition.test(doc)) };
  }
  const parts = path.split('.');
  const expand = field.expand ?? true;
  const some = (doc: Doc): boolean => someValue(doc, parts, expand, field.test);
  const test = field.negated === true ? (doc: Doc) => !some(doc) : some;
  const { operator, operand } = field;
  const bound = boundOf(path, operator, operand);
  return field.negated === true || bound === undefined ? { path, test } : { path, test, bound };
}

const boundOperators: readonly string[] = ['$eq', '$in', '$gt', '$gte', '$lt', '$lte', '$exists'];

function boundOf(path: string, operator: string, operand: Value): Bound | undefined {
  if (!boundOperators.includes(operator)) return undefined;
  return { path, operator: operator as Bound['operator'], operand };
}
