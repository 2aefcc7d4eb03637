import { Double } from 'bson';
import { Context, evalExpr, ProcessingMode } from 'mingo/core';
import { toNumber } from '../bson/number.ts';
import { fromPlain, toPlain } from '../bson/plain.ts';
import { type Doc, isDoc, isNumeric, type Value } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { toPlainExpression } from './argument.ts';
import { expressionOperators } from './operator.ts';

/** What an expression is computed from. */
export interface Input {
  readonly doc: Doc;
  /** The document's score in the text search that found it. */
  readonly score?: number | undefined;
  /** The variables of `let`. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** A compiled expression; `undefined` is what a field that is not there gives. */
export type Expression = (input: Input) => Value;

const settings = {
  context: Context.init({ expression: expressionOperators }),
  processingMode: ProcessingMode.CLONE_OFF,
  idKey: '_id',
  useStrictMode: true,
  scriptEnabled: false,
  failOnError: true,
};

/**
 * Compiles an aggregation expression. Paths and literals keep the types of what they name; operators are
 * mingo's. Throws InvalidPipelineOperator for an operator that this server has not.
 */
export function compileExpression(spec: Value): Expression {
  if (typeof spec === 'string') return compileString(spec);
  if (Array.isArray(spec)) {
    const items = spec.map(compileExpression);
    return (input) => items.map((item) => item(input) ?? null);
  }
  if (!isDoc(spec)) return () => spec;
  const [first] = spec.keys();
  if (first?.startsWith('$') === true) return compileOperator(first, spec);
  const fields = [...spec].map(([name, part]) => [name, compileExpression(part)] as const);
  return (input) => {
    const doc: Doc = new Map();
    for (const [name, part] of fields) {
      const value = part(input);
      if (value !== undefined) doc.set(name, value);
    }
    return doc;
  };
}

function compileString(spec: string): Expression {
  if (!spec.startsWith('$')) return () => spec;
  if (spec === '$$ROOT' || spec === '$$CURRENT') return ({ doc }) => doc;
  if (spec === '$$REMOVE') return () => undefined;
  if (spec.startsWith('$$')) return (input) => fromPlain(evaluate(spec, input));
  const parts = spec.slice(1).split('.');
  if (parts.includes('')) throw new CommandError('BadValue', `'${spec}' is not a valid field path`);
  return ({ doc }) => fieldAt(doc, parts, 0);
}

/** The value at a path as expressions see it: an array on the way gives the array of what its items have there. */
function fieldAt(value: Value, parts: readonly string[], depth: number): Value {
  const part = parts[depth];
  if (part === undefined) return value;
  if (isDoc(value)) return fieldAt(value.get(part), parts, depth + 1);
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => fieldAt(item, parts, depth)).filter((item) => item !== undefined);
}

function compileOperator(name: string, spec: Doc): Expression {
  if (name === '$literal') return () => spec.get(name);
  if (name === '$meta') {
    if (spec.get(name) !== 'textScore')
      throw new CommandError('NotImplemented', '$meta has only textScore here');
    return ({ score }) => {
      if (score !== undefined) return new Double(score);
      throw new CommandError('BadValue', 'query requires text score metadata, but it is not available');
    };
  }
  const plain = toPlainExpression(spec);
  return (input) => fromPlain(evaluate(plain, input));
}

function evaluate(plain: unknown, { doc, variables }: Input): unknown {
  try {
    const root = toPlain(doc);
    return evalExpr(asAny(root), asAny(plain), { ...settings, variables: { ...variables } });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('BadValue', error instanceof Error ? error.message : String(error));
  }
}

type Any = Parameters<typeof evalExpr>[0];

/** mingo's own word for any value. */
function asAny(value: unknown): Any {
  return value as Any;
}

/** Whether a value counts as true: all but false, null, zero and what is not there. */
export function isTruthy(value: Value): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !isNumeric(value) || toNumber(value) !== 0;
}
