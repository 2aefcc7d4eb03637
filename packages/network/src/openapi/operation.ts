import type { TSchema } from '@tsmicro/schema';
import type { RouteDescription } from '../route-description.ts';
import { headersOf } from './failure.ts';
import { partsOf } from './operation-name.ts';
import type { JsonObject, SchemaBook } from './schema-book.ts';

const messageOnly: JsonObject = {
  title: 'Success',
  type: 'object',
  required: ['code', 'status', 'message'],
  properties: { code: { const: '10000' }, status: { const: 200 }, message: { type: 'string' } },
};

function successSchema({ data, plain }: RouteDescription, book: SchemaBook): JsonObject {
  if (plain) return data === undefined ? {} : book.write(data, 'given');
  if (data === undefined) return book.define('Success', messageOnly);
  const { properties } = messageOnly as { properties: JsonObject };
  return {
    type: 'object',
    required: ['code', 'status', 'message', 'data'],
    properties: { ...properties, data: book.write(data, 'given') },
  };
}

/** The answer with status 200. */
export function successResponse(route: RouteDescription, book: SchemaBook): JsonObject {
  return {
    description: route.plain ? 'Success, outside the envelope' : 'Success',
    headers: headersOf(200),
    content: { 'application/json': { schema: successSchema(route, book) } },
  };
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
}

function fieldsOf(schema: TSchema | undefined, place: 'path' | 'query', book: SchemaBook): JsonObject[] {
  const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...written } = book.write(property, 'taken');
    const demanded = required.includes(name) && written.default === undefined;
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      ...(place === 'path' || demanded ? { required: true } : {}),
      schema: written,
    };
  });
}

/** The parameters of the path, in its order, then those of the query. A part of the path without a schema is text. */
export function parametersOf({ path, params, query }: RouteDescription, book: SchemaBook): JsonObject[] {
  const known = new Map(fieldsOf(params, 'path', book).map((field) => [field.name, field]));
  const inPath = partsOf(path)
    .filter((part) => part.startsWith(':'))
    .map((part) => part.slice(1))
    .map((name) => known.get(name) ?? { name, in: 'path', required: true, schema: { type: 'string' } });
  return [...inPath, ...fieldsOf(query, 'query', book)];
}

/** The body of a request, always JSON. An absent one counts as `{}`: it may be left out where nothing is required. */
export function requestBodyOf(body: TSchema, book: SchemaBook): JsonObject {
  const { required = [] } = body as ObjectSchema;
  return {
    ...(required.length === 0 ? {} : { required: true }),
    content: { 'application/json': { schema: book.write(body, 'taken') } },
  };
}
