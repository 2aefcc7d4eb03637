import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';

/** A document: its fields in their stored order, which plain objects do not keep for names such as `"1"`. */
export interface Doc extends Map<string, Value> {}

/** Any BSON value, each number with its own type. `undefined` is a field that is not there. */
export type Value =
  | undefined
  | null
  | boolean
  | string
  | Int32
  | Double
  | Long
  | Decimal128
  | Date
  | ObjectId
  | Binary
  | BSONRegExp
  | BSONSymbol
  | Code
  | Timestamp
  | MinKey
  | MaxKey
  | Value[]
  | Doc;

/**
 * The order of BSON types, as `canonicalizeBSONType` of MongoDB has it: values of different rank compare by
 * rank alone. Numbers share one, strings and symbols another. All are in 1..254, so that they fit a key.
 */
export const Rank = {
  minKey: 1,
  undefined: 2,
  null: 7,
  number: 12,
  string: 17,
  object: 22,
  array: 27,
  binary: 32,
  objectId: 37,
  boolean: 42,
  date: 47,
  timestamp: 49,
  regex: 52,
  code: 62,
  codeWithScope: 67,
  maxKey: 129,
} as const;

const classRanks: Readonly<Record<string, number>> = {
  Int32: Rank.number,
  Double: Rank.number,
  Long: Rank.number,
  Decimal128: Rank.number,
  ObjectId: Rank.objectId,
  Binary: Rank.binary,
  BSONRegExp: Rank.regex,
  BSONSymbol: Rank.string,
  Timestamp: Rank.timestamp,
  MinKey: Rank.minKey,
  MaxKey: Rank.maxKey,
};

/** The place of the value's type in the order of types. */
export function rankOf(value: Value): number {
  if (value === undefined) return Rank.undefined;
  if (value === null) return Rank.null;
  if (typeof value === 'string') return Rank.string;
  if (typeof value === 'boolean') return Rank.boolean;
  if (value instanceof Map) return Rank.object;
  if (Array.isArray(value)) return Rank.array;
  if (value instanceof Date) return Rank.date;
  if (value instanceof Code) return value.scope === null ? Rank.code : Rank.codeWithScope;
  const rank = classRanks[value._bsontype];
  if (rank === undefined) throw new TypeError(`no BSON type: ${String(value)}`);
  return rank;
}

/** Whether the value is a document. */
export function isDoc(value: unknown): value is Doc {
  return value instanceof Map;
}

/** Whether the value is a number of any of the four types. */
export function isNumeric(value: unknown): value is Int32 | Double | Long | Decimal128 {
  return value instanceof Int32 || value instanceof Double || value instanceof Long
    ? !(value instanceof Timestamp)
    : value instanceof Decimal128;
}

const aliases: readonly (readonly [string, number, (value: Value) => boolean])[] = [
  ['double', 1, (v) => v instanceof Double],
  ['string', 2, (v) => typeof v === 'string'],
  ['object', 3, isDoc],
  ['array', 4, Array.isArray],
  ['binData', 5, (v) => v instanceof Binary],
  ['objectId', 7, (v) => v instanceof ObjectId],
  ['bool', 8, (v) => typeof v === 'boolean'],
  ['date', 9, (v) => v instanceof Date],
  ['null', 10, (v) => v === null],
  ['regex', 11, (v) => v instanceof BSONRegExp],
  ['javascript', 13, (v) => v instanceof Code && v.scope === null],
  ['symbol', 14, (v) => v instanceof BSONSymbol],
  ['javascriptWithScope', 15, (v) => v instanceof Code && v.scope !== null],
  ['int', 16, (v) => v instanceof Int32],
  ['timestamp', 17, (v) => v instanceof Timestamp],
  ['long', 18, (v) => v instanceof Long && !(v instanceof Timestamp)],
  ['decimal', 19, (v) => v instanceof Decimal128],
  ['minKey', -1, (v) => v instanceof MinKey],
  ['maxKey', 127, (v) => v instanceof MaxKey],
];

/** The name of the value's type as `$type` and error messages use it; "missing" for what is not there. */
export function typeName(value: Value): string {
  return aliases.find(([, , is]) => is(value))?.[0] ?? 'missing';
}

/** The test behind one name or number of `$type`, or undefined for a type that there is not. */
export function typeTest(type: string | number): ((value: Value) => boolean) | undefined {
  if (type === 'number') return isNumeric;
  return aliases.find(([name, number]) => name === type || number === type)?.[2];
}
