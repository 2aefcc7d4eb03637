import { type Json, listAt, objectAt, resolved } from './json.ts';

const byFormat: Readonly<Record<string, string>> = {
  email: 'name@example.com',
  uuid: '01234567-89ab-4cde-8f01-23456789abcd',
  uri: 'https://example.com/picture.png',
  'uri-reference': '/images/picture.png',
  'date-time': '2030-01-31T12:00:00Z',
  'mongo-id': '0123456789abcdef01234567',
};
const words = 'some text ';
const maxDepth = 8;

function textFor(schema: Json): string {
  const format = byFormat[String(schema['x-format'])] ?? byFormat[String(schema.format)];
  if (format !== undefined) return format;
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0;
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Number.POSITIVE_INFINITY;
  const text = words
    .repeat(Math.ceil(least / words.length) || 1)
    .slice(0, Math.min(most, Math.max(least, 9)));
  const trimmed = text.trim().padEnd(least, 'x');
  return schema['x-isUppercase'] === true ? trimmed.toUpperCase() : trimmed;
}

/** A value that a schema takes, with the fields that it requires. */
export function exampleOf(schema: unknown, document: Json, depth = 0): unknown {
  const target = resolved(schema, document);
  if ('const' in target) return target.const;
  if ('default' in target) return target.default;
  const [first] = listAt(target.enum ?? target.examples);
  if (first !== undefined) return first;
  const [choice] = listAt(target.anyOf ?? target.oneOf);
  if (choice !== undefined && depth < maxDepth) return exampleOf(choice, document, depth + 1);
  switch ([target.type].flat()[0]) {
    case 'string':
      return textFor(target);
    case 'integer':
    case 'number':
      return target.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return depth < maxDepth ? [exampleOf(target.items, document, depth + 1)] : [];
    case 'object':
      return objectExample(target, document, depth);
    default:
      return null;
  }
}

function objectExample(schema: Json, document: Json, depth: number): Json {
  const required = new Set(listAt(schema.required));
  const shown = Object.entries(objectAt(schema.properties)).filter(([name]) => required.has(name));
  if (depth >= maxDepth) return {};
  return Object.fromEntries(
    shown.map(([name, property]) => [name, exampleOf(property, document, depth + 1)]),
  );
}
