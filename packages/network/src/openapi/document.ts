// An OpenAPI 3.1 document of what a router has mounted: https://spec.openapis.org/oas/v3.1.1
import type { RouteDescription } from '../route-description.ts';
import { failureResponse, failureSchema, failuresOf, headerComponents, responseName } from './failure.ts';
import { parametersOf, requestBodyOf, successResponse } from './operation.ts';
import { operationIdOf, tagOf, toTemplate } from './operation-name.ts';
import { type JsonObject, SchemaBook } from './schema-book.ts';

/** What a document is made of. */
export interface OpenApiSource {
  /** The service's name. */
  readonly title: string;
  /** Its semantic version. */
  readonly version: string;
  readonly description: string;
  readonly routes: readonly RouteDescription[];
  /** Where the service is reached. @default where the document came from */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[];
}

const conventions = [
  'Every answer is JSON in an envelope, failures included; those outside of it say so.',
  'A trailing slash makes no difference.',
  'Unknown fields are ignored, a null field counts as absent, and no text may hold NUL characters.',
].join(' ');

const bearer: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'The access token of a sign-in. Role names beside it: the caller must hold the role.',
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function securityOf({ security }: RouteDescription): JsonObject {
  if (security === undefined) return { security: [] };
  const { roles } = security;
  // Alternatives, of which one must be met: any one of the roles suffices.
  return { security: roles.length === 0 ? [{ bearer: [] }] : roles.map((role) => ({ bearer: [role] })) };
}

/** Writes operations and remembers what they share. */
class Writer {
  readonly book = new SchemaBook();
  readonly responses = new Map<string, JsonObject>();
  readonly tags = new Set<string>();
  readonly #failure = this.book.define('Failure', failureSchema);
  readonly #names = new Map<string, number>();
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  write(route: RouteDescription): JsonObject {
    const tag = tagOf(route.path, this.#service);
    this.tags.add(tag);
    const parameters = parametersOf(route, this.book);
    return {
      operationId: this.#nameOf(route),
      tags: [tag],
      summary: route.summary,
      ...securityOf(route),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route.body, this.book) }),
      responses: { 200: successResponse(route, this.book), ...this.#failures(route) },
    };
  }

  #nameOf({ method, path }: RouteDescription): string {
    const name = operationIdOf(method, path);
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  }

  #failures(route: RouteDescription): JsonObject {
    return Object.fromEntries(
      failuresOf(route).map(({ status, description, usual }) => {
        const response = failureResponse(status, description, this.#failure);
        if (!usual) return [status, response];
        const name = responseName(status);
        this.responses.set(name, response);
        return [status, { $ref: `#/components/responses/${name}` }];
      }),
    );
  }
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

/** Describes routes as OpenAPI 3.1. The order is by path and method, whatever the order of mounting. */
export function toOpenApi({ title, version, description, routes, servers }: OpenApiSource): JsonObject {
  const writer = new Writer(title);
  const order = ({ method }: RouteDescription) => methods.indexOf(method);
  const sorted = routes.toSorted((a, b) =>
    a.path === b.path ? order(a) - order(b) : a.path < b.path ? -1 : 1,
  );
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of sorted) {
    const path = toTemplate(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: writer.write(route) };
  }
  return {
    openapi: '3.1.1',
    info: { title, version, description: [description, conventions].filter(Boolean).join('. ') },
    ...(servers === undefined ? {} : { servers }),
    tags: [...writer.tags].sort().map((name) => ({ name })),
    paths,
    components: {
      schemas: writer.book.components(),
      responses: Object.fromEntries([...writer.responses].sort(byName)),
      headers: headerComponents,
      ...(routes.some(({ security }) => security !== undefined) ? { securitySchemes: { bearer } } : {}),
    },
  };
}
