// Schemas as TypeBox makes them (https://sinclairzx81.github.io/typebox): JSON Schema 2020-12 at run time, a TypeScript
// type when compiled. The types are TypeBox's own. Its run-time half brings a parser of TypeScript and an engine for
// type expressions with it, some 20 MiB and 100 ms in every process; what services use of it is the few lines here. They
// make the same schemas, so that both can be mixed: who needs more imports `typebox` itself.
import type * as TypeBox from 'typebox';

export type { Static, TObject, TProperties, TSchema } from 'typebox';

type Schema = Record<string, unknown>;
type Options = Schema | undefined;

const optionalMark = '~optional';

/** What is built here is what the function of TypeBox of that type builds: the tests hold one against the other. */
function asTypeBox<F>(build: (...parts: never[]) => object): F {
  return build as unknown as F;
}

const isOptional = (schema: Schema) => optionalMark in schema;

/** A copy that an object does not require; the mark is no part of the JSON. */
function markOptional(schema: Schema): Schema {
  return Object.defineProperty({ ...schema }, optionalMark, { value: true, enumerable: false });
}

function build(schema: Schema, options: Options): Schema {
  return { ...schema, ...options };
}

function buildObject(properties: Readonly<Record<string, Schema>>, options?: Options): Schema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name] ?? {}));
  return build({ type: 'object', ...(required.length > 0 ? { required } : {}), properties }, options);
}

/** Any text. */
const stringType = asTypeBox<typeof TypeBox.String>((options?: Options) =>
  build({ type: 'string' }, options),
);

/** Any number. */
const numberType = asTypeBox<typeof TypeBox.Number>((options?: Options) =>
  build({ type: 'number' }, options),
);

/** A whole number. */
const integerType = asTypeBox<typeof TypeBox.Integer>((options?: Options) =>
  build({ type: 'integer' }, options),
);

/** True or false. */
const booleanType = asTypeBox<typeof TypeBox.Boolean>((options?: Options) =>
  build({ type: 'boolean' }, options),
);

/** Null and nothing else. */
const nullType = asTypeBox<typeof TypeBox.Null>((options?: Options) => build({ type: 'null' }, options));

/** Anything at all. */
const unknownType = asTypeBox<typeof TypeBox.Unknown>((options?: Options) => build({}, options));

/** This one text, number or truth value. */
const literalType = asTypeBox<typeof TypeBox.Literal>((value: string | number | boolean, options?: Options) =>
  build({ type: typeof value, const: value }, options),
);

/** One of these values. */
const enumType = asTypeBox<typeof TypeBox.Enum>((values: readonly unknown[], options?: Options) =>
  build({ enum: values }, options),
);

/** A list. */
const arrayType = asTypeBox<typeof TypeBox.Array>((items: Schema, options?: Options) =>
  build({ type: 'array', items }, options),
);

/** Named fields, each required unless it is {@link Optional}. */
const objectType = asTypeBox<typeof TypeBox.Object>(buildObject);

/** Any names, all with values of one shape. */
const recordType = asTypeBox<typeof TypeBox.Record>((_key: Schema, value: Schema, options?: Options) =>
  build({ type: 'object', patternProperties: { '^.*$': value } }, options),
);

/** A field that may be missing. */
const optionalType = asTypeBox<typeof TypeBox.Optional>(markOptional);

/** The same object with every field {@link Optional}. */
const partialType = asTypeBox<typeof TypeBox.Partial>(
  ({ properties }: { properties: Readonly<Record<string, Schema>> }, options?: Options) => {
    const optional = Object.entries(properties).map(([name, schema]) => [name, markOptional(schema)]);
    return buildObject(Object.fromEntries(optional), options);
  },
);

/** One of these shapes, none of them an object where input is read: validators refuse that. */
const unionType = asTypeBox<typeof TypeBox.Union>((anyOf: readonly Schema[], options?: Options) =>
  build({ anyOf }, options),
);

export {
  arrayType as Array,
  booleanType as Boolean,
  enumType as Enum,
  integerType as Integer,
  literalType as Literal,
  nullType as Null,
  numberType as Number,
  objectType as Object,
  optionalType as Optional,
  partialType as Partial,
  recordType as Record,
  stringType as String,
  unionType as Union,
  unknownType as Unknown,
};
