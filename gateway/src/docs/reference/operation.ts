import { exampleOf } from './example.ts';
import { type Field, toField } from './field.ts';
import { type Json, listAt, objectAt, resolved, textAt } from './json.ts';

/** A failure that may be the answer. */
export interface Failure {
  readonly status: string;
  readonly meaning: string;
}

/** An HTTP operation as the reference shows it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** As the gateway knows it, with the service's prefix. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly needsApiKey: boolean;
  readonly needsToken: boolean;
  /** Any one of them suffices. */
  readonly roles: readonly string[];
  readonly inPath: readonly Field[];
  readonly inQuery: readonly Field[];
  readonly body: Field | undefined;
  /** The data of a success, or the whole of an answer outside the envelope; undefined for a message alone. */
  readonly answer: Field | undefined;
  readonly inEnvelope: boolean;
  readonly failures: readonly Failure[];
  /** A path and query that fit, and a body. */
  readonly example: { readonly path: string; readonly body: unknown };
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);
const jsonOf = (holder: Json) => objectAt(objectAt(holder.content)['application/json']).schema;

function answerOf(responses: Json, document: Json): { answer: Field | undefined; inEnvelope: boolean } {
  const schema = jsonOf(resolved(responses['200'], document));
  const { properties } = resolved(schema, document);
  const { code, data } = objectAt(properties);
  const inEnvelope = objectAt(code).const === '10000';
  if (!inEnvelope)
    return { answer: schema === undefined ? undefined : toField(schema, document), inEnvelope };
  return { answer: data === undefined ? undefined : toField(data, document), inEnvelope };
}

function failuresOf(responses: Json, document: Json): Failure[] {
  return Object.entries(responses)
    .filter(([status]) => /^[45]/.test(status))
    .map(([status, response]) => ({ status, meaning: textAt(resolved(response, document).description) }));
}

function demandsOf(security: unknown): { needsApiKey: boolean; needsToken: boolean; roles: string[] } {
  const ways = listAt(security).map(objectAt);
  return {
    needsApiKey: ways.length > 0 && ways.every((way) => 'apiKey' in way),
    needsToken: ways.length > 0 && ways.every((way) => 'bearer' in way),
    roles: ways.flatMap(({ bearer }) => listAt(bearer).map(String)),
  };
}

function operationOf(method: string, template: string, operation: Json, document: Json): Operation {
  const prefix = textAt(objectAt(listAt(document.servers)[0]).url).replace(/\/$/, '');
  const parameters = listAt(operation.parameters).map((parameter) => resolved(parameter, document));
  const inPlace = (place: string) =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema, required, description }) => ({
        ...toField(schema, document, textAt(name), required === true),
        ...(description === undefined ? {} : { description: textAt(description) }),
      }));
  const exampleFor = (name: string) =>
    encodeURIComponent(
      String(exampleOf(parameters.find((parameter) => parameter.name === name)?.schema, document)),
    );
  const query = inPlace('query').map(({ name }) => `${name}=${exampleFor(name)}`);
  const body = jsonOf(resolved(operation.requestBody, document));
  const target = prefix + template.replaceAll(/\{([^}]*)\}/g, (_, name: string) => exampleFor(name));
  return {
    id: textAt(operation.operationId),
    method: method.toUpperCase(),
    path: prefix + template,
    tag: textAt(listAt(operation.tags)[0]),
    summary: textAt(operation.summary),
    ...demandsOf(operation.security),
    inPath: inPlace('path'),
    inQuery: inPlace('query'),
    body: body === undefined ? undefined : toField(body, document),
    ...answerOf(objectAt(operation.responses), document),
    failures: failuresOf(objectAt(operation.responses), document),
    example: {
      path: query.length === 0 ? target : `${target}?${query.join('&')}`,
      body: body === undefined ? undefined : exampleOf(body, document),
    },
  };
}

/** The operations of an OpenAPI document, by feature. */
export function operationsOf(document: Json): Operation[] {
  const operations = Object.entries(objectAt(document.paths)).flatMap(([path, item]) =>
    Object.entries(objectAt(item))
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => operationOf(method, path, objectAt(operation), document)),
  );
  return operations.sort((a, b) => (a.tag === b.tag ? 0 : a.tag < b.tag ? -1 : 1));
}
