import { type Json, listAt, objectAt, resolved, textAt } from './json.ts';
import { rulesOf } from './rule.ts';

/** A value in words: what it is, what it must hold to, and what is inside it. */
export interface Field {
  /** Empty for the value itself; `[]` is not part of it. */
  readonly name: string;
  /** As in `string`, `list of ItemBlog`. */
  readonly type: string;
  readonly required: boolean;
  /** As in `3 to 200 characters`. */
  readonly rules: readonly string[];
  readonly description: string;
  readonly fields: readonly Field[];
}

interface Place {
  readonly document: Json;
  readonly name: string;
  readonly required: boolean;
  /** The named schemas around this one: one that contains itself is not opened twice. */
  readonly around: readonly string[];
}

const nameOf = (schema: unknown) => textAt(objectAt(schema).$ref).split('/').at(-1) ?? '';

function typeOf(schema: unknown, document: Json): string {
  const target = resolved(schema, document);
  const choices = listAt(target.anyOf ?? target.oneOf);
  if (choices.length > 0) return choices.map((choice) => typeOf(choice, document)).join(' or ');
  const types = [target.type ?? (target.const === undefined ? [] : typeof target.const)].flat().map(String);
  const named = types.map((type) => {
    if (type === 'array') return `list of ${typeOf(target.items, document)}`;
    return type === 'object' ? nameOf(schema) || textAt(target.title) || type : type;
  });
  return named.join(' or ') || 'anything';
}

function fieldsOf(schema: unknown, { document, around }: Place): Field[] {
  const name = nameOf(schema);
  if (name !== '' && around.includes(name)) return [];
  const target = resolved(schema, document);
  const inside = { document, around: name === '' ? around : [...around, name] };
  if (target.items !== undefined) return fieldsOf(target.items, { ...inside, name: '', required: false });
  const choices = listAt(target.anyOf ?? target.oneOf);
  const required = new Set(listAt(target.required));
  return [
    ...choices.flatMap((choice) => fieldsOf(choice, { ...inside, name: '', required: false })),
    ...Object.entries(objectAt(target.properties)).map(([key, property]) =>
      describe(property, { ...inside, name: key, required: required.has(key) }),
    ),
  ];
}

function describe(schema: unknown, place: Place): Field {
  const { document, name, required } = place;
  const target = resolved(schema, document);
  return {
    name,
    type: typeOf(schema, document),
    required,
    rules: rulesOf(target, document),
    description: textAt(target.description),
    fields: fieldsOf(schema, place),
  };
}

/** A schema of a document in words. */
export function toField(schema: unknown, document: Json, name = '', required = true): Field {
  return describe(schema, { document, name, required, around: [] });
}
