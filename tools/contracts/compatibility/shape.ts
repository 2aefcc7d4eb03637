import { type Json, listAt, objectAt, resolved } from './change.ts';

/** A JSON Schema in the parts that decide which values it lets through. */
export interface Shape {
  /** Undefined for values of every type. */
  readonly types: ReadonlySet<string> | undefined;
  /** The only values, as JSON; undefined for any. */
  readonly values: ReadonlySet<string> | undefined;
  readonly bounds: ReadonlyMap<string, number>;
  /** What else is demanded, in words: one is comparable with another only by being the same. */
  readonly demands: ReadonlySet<string>;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
  /** The schema of fields without one of their own; true for any, false for none. */
  readonly rest: unknown;
  readonly items: unknown;
  /** As JSON; undefined for none. */
  readonly default: string | undefined;
}

/** The keywords that are bounds: on which side, and of what. */
export const boundKeywords: Readonly<Record<string, { side: 'least' | 'most'; of: string }>> = {
  minimum: { side: 'least', of: '' },
  exclusiveMinimum: { side: 'least', of: ' (exclusive)' },
  minLength: { side: 'least', of: ' characters' },
  minItems: { side: 'least', of: ' items' },
  minProperties: { side: 'least', of: ' fields' },
  maximum: { side: 'most', of: '' },
  exclusiveMaximum: { side: 'most', of: ' (exclusive)' },
  maxLength: { side: 'most', of: ' characters' },
  maxItems: { side: 'most', of: ' items' },
  maxProperties: { side: 'most', of: ' fields' },
};

const demandKeywords = [
  'pattern',
  'format',
  'x-format',
  'x-isUppercase',
  'multipleOf',
  'uniqueItems',
  'not',
  'contains',
  'minContains',
  'maxContains',
  'propertyNames',
  'patternProperties',
  'prefixItems',
  'dependentRequired',
  'dependentSchemas',
  'if',
  'then',
  'else',
];

const typeOf = (value: unknown) => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** The alternatives of a schema, each with what stands beside them; the schema alone where it has none. */
export function alternativesOf(schema: unknown, document: Json): readonly unknown[] {
  const { anyOf, oneOf, ...beside } = resolved(schema, document);
  const choices = listAt(anyOf ?? oneOf);
  if (choices.length === 0) return [schema];
  const values = choices.map((choice) => valuesOf(resolved(choice, document)));
  // Alternatives that are constants are an enum in other words.
  if (values.every((one) => one !== undefined)) {
    return [
      { ...beside, enum: values.flatMap((one) => [...one].map((value): unknown => JSON.parse(value))) },
    ];
  }
  return choices.flatMap((choice) => alternativesOf({ allOf: [choice, beside] }, document));
}

function valuesOf(schema: Json): ReadonlySet<string> | undefined {
  if ('const' in schema) return new Set([JSON.stringify(schema.const)]);
  return 'enum' in schema ? new Set(listAt(schema.enum).map((value) => JSON.stringify(value))) : undefined;
}

function typesOf({ type }: Json, values: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  if (type !== undefined) return new Set([type].flat().map(String));
  return values && new Set(Array.from(values, (value) => typeOf(JSON.parse(value))));
}

const anything: Shape = {
  types: undefined,
  values: undefined,
  bounds: new Map(),
  demands: new Set(),
  properties: new Map(),
  required: new Set(),
  rest: true,
  items: true,
  default: undefined,
};

function ownShapeOf(schema: Json): Shape {
  const values = valuesOf(schema);
  const { additionalProperties: rest = true, items = true } = schema;
  return {
    types: typesOf(schema, values),
    values,
    bounds: new Map(
      Object.keys(boundKeywords).flatMap((key) =>
        typeof schema[key] === 'number' ? [[key, schema[key]]] : [],
      ),
    ),
    demands: new Set(
      demandKeywords.flatMap((key) => (schema[key] ? [`${key} ${JSON.stringify(schema[key])}`] : [])),
    ),
    properties: new Map(Object.entries(objectAt(schema.properties))),
    required: new Set(listAt(schema.required).map(String)),
    rest,
    items,
    default: schema.default === undefined ? undefined : JSON.stringify(schema.default),
  };
}

function intersection(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined) {
  return a && b ? a.intersection(b) : (a ?? b);
}

const both = (a: unknown, b: unknown) => (a === true ? b : b === true ? a : { allOf: [a, b] });

/** What both let through. */
function merged(a: Shape, b: Shape): Shape {
  const bounds = new Map(a.bounds);
  for (const [keyword, bound] of b.bounds) {
    const tighter = boundKeywords[keyword]?.side === 'least' ? Math.max : Math.min;
    bounds.set(keyword, tighter(bound, bounds.get(keyword) ?? bound));
  }
  const properties = new Map(a.properties);
  for (const [name, schema] of b.properties) properties.set(name, both(properties.get(name) ?? true, schema));
  return {
    types: intersection(a.types, b.types),
    values: intersection(a.values, b.values),
    bounds,
    demands: a.demands.union(b.demands),
    properties,
    required: a.required.union(b.required),
    rest: a.rest === false || b.rest === false ? false : both(a.rest, b.rest),
    items: both(a.items, b.items),
    default: b.default ?? a.default,
  };
}

/** The shape of a schema without alternatives, references followed and `allOf` drawn together. */
export function shapeOf(schema: unknown, document: Json): Shape {
  if (schema === false) return { ...anything, types: new Set() };
  const { allOf, ...own } = resolved(schema, document);
  return listAt(allOf).reduce<Shape>(
    (shape, part) => merged(shape, shapeOf(part, document)),
    ownShapeOf(own),
  );
}

/** A few words for a schema. */
export function nameOf(schema: unknown, document: Json): string {
  const { title, allOf } = resolved(schema, document);
  if (typeof title === 'string') return title;
  const { types, values } = shapeOf(schema, document);
  const named = listAt(allOf)
    .map((part) => nameOf(part, document))
    .find((name) => name !== 'anything');
  return values ? [...values].join(' or ') : (named ?? (types ? [...types].join(' or ') : 'anything'));
}
