import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Static, Type } from '@tsmicro/schema';
import TypeBox from 'typebox';

const json = (schema: unknown) => JSON.parse(JSON.stringify(schema));

/** The same schema by either builder. */
const schemas: Record<string, (type: typeof Type | typeof TypeBox) => unknown> = {
  String: (T) => T.String({ minLength: 1, notBlank: true }),
  Number: (T) => T.Number({ minimum: 0.5 }),
  Integer: (T) => T.Integer({ minimum: 1, default: 3 }),
  Boolean: (T) => T.Boolean(),
  Null: (T) => T.Null(),
  Unknown: (T) => T.Unknown(),
  'Literal of a text': (T) => T.Literal('OK'),
  'Literal of a number': (T) => T.Literal(7),
  'Literal of a truth value': (T) => T.Literal(true),
  Enum: (T) => T.Enum(['a', 'b'], { default: 'a' }),
  Array: (T) => T.Array(T.String(), { maxItems: 3 }),
  Object: (T) => T.Object({ a: T.String(), b: T.Optional(T.Integer()) }, { title: 'Thing' }),
  'Object without required fields': (T) => T.Object({ b: T.Optional(T.Integer()) }),
  'Object without fields': (T) => T.Object({}),
  Record: (T) => T.Record(T.String(), T.Integer()),
  Partial: (T) => T.Partial(T.Object({ a: T.String(), b: T.Optional(T.Integer()) })),
  Union: (T) => T.Union([T.String(), T.Null()]),
};

for (const [name, build] of Object.entries(schemas)) {
  test(`type: ${name} is the schema that TypeBox makes`, () => {
    assert.deepEqual(json(build(Type)), json(build(TypeBox)));
  });
}

test('type: a schema of one builder is a part in the other, and optional in both', () => {
  const mixed = Type.Object({ a: Type.String(), b: TypeBox.Optional(TypeBox.Integer()) });
  const value: Static<typeof mixed> = { a: 'x' };
  assert.deepEqual(json(mixed).required, Object.keys(value));
  assert.deepEqual(json(TypeBox.Object({ a: Type.Optional(Type.String()) })).required, undefined);
});

test('type: a schema is a type', () => {
  const Thing = Type.Object({ a: Type.String(), b: Type.Optional(Type.Integer()) });
  type Thing = Type.Static<typeof Thing>;
  const thing: Thing = { a: 'x', b: 1 };
  // @ts-expect-error a field of another type
  const wrong: Thing = { a: 1 };
  assert.notDeepEqual(thing, wrong);
});
