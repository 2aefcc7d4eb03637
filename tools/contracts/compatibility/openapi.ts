import { type Change, type Json, listAt, objectAt, resolved } from './change.ts';
import { compareSchemas, type Direction, type Documents } from './schema.ts';
import { demandsOf, sayDemands, suffices } from './security.ts';

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Every operation by method and path; what a parameter of the path is called makes no difference on the wire. */
function operationsOf(document: Json): Map<string, { name: string; operation: Json }> {
  const found = new Map<string, { name: string; operation: Json }>();
  for (const [path, item] of Object.entries(objectAt(document.paths))) {
    for (const [method, operation] of Object.entries(objectAt(item))) {
      if (!methods.has(method)) continue;
      const name = `${method.toUpperCase()} ${path}`;
      found.set(name.replaceAll(/\{[^}]*\}/g, '{}'), { name, operation: objectAt(operation) });
    }
  }
  return found;
}

/** One operation in both documents. */
class OperationComparison {
  readonly changes: Change[] = [];
  readonly #where: string;
  readonly #old: Json;
  readonly #new: Json;
  readonly #documents: Documents;

  constructor(where: string, old: Json, next: Json, documents: Documents) {
    this.#where = where;
    this.#old = old;
    this.#new = next;
    this.#documents = documents;
  }

  compare(): Change[] {
    this.#security();
    this.#parameters('path');
    this.#parameters('query');
    this.#parameters('header');
    this.#body();
    this.#responses();
    return this.changes;
  }

  #say(breaking: boolean, what: string): void {
    this.changes.push({ breaking, where: this.#where, what });
  }

  #schemas(old: unknown, next: unknown, name: string, direction: Direction): void {
    this.changes.push(...compareSchemas(old, next, { where: this.#where, name, direction }, this.#documents));
  }

  #security(): void {
    const old = demandsOf(this.#old, this.#documents.old);
    const next = demandsOf(this.#new, this.#documents.new);
    const tightened = old.some((way) => !next.some((other) => suffices(way, other)));
    const loosened = next.some((way) => !old.some((other) => suffices(way, other)));
    if (tightened) this.#say(true, `demands ${sayDemands(next)}; ${sayDemands(old)} was enough`);
    else if (loosened)
      this.#say(false, `is content with ${sayDemands(next)}; it demanded ${sayDemands(old)}`);
  }

  #parameters(place: string): void {
    const old = parametersOf(this.#old, place, this.#documents.old);
    const next = parametersOf(this.#new, place, this.#documents.new);
    for (const [key, parameter] of old) {
      const name = `${place} parameter ${parameter.name}`;
      const other = next.get(key);
      if (other === undefined) {
        this.#say(true, `${name} is not read any more`);
        continue;
      }
      if (!parameter.required && other.required) this.#say(true, `${name} is required now`);
      if (parameter.required && !other.required) this.#say(false, `${name} may be left out now`);
      this.#schemas(parameter.schema, other.schema, name, 'taken');
    }
    for (const [key, { name, required }] of next) {
      if (!old.has(key))
        this.#say(required === true, `${place} parameter ${name} is new${required ? ' and required' : ''}`);
    }
  }

  #body(): void {
    const old = resolved(this.#old.requestBody, this.#documents.old);
    const next = resolved(this.#new.requestBody, this.#documents.new);
    const required = next.required === true;
    if (old.content === undefined) {
      if (next.content !== undefined)
        this.#say(required, required ? 'requires a body now' : 'takes a body now');
    } else if (next.content === undefined) {
      this.#say(true, 'reads no body any more');
    } else {
      if (!old.required && required) this.#say(true, 'requires the body now');
      if (old.required && !required) this.#say(false, 'works without a body now');
      this.#content(old, next, 'request', 'taken');
    }
  }

  #content(old: unknown, next: unknown, name: string, direction: Direction): void {
    const contents = [objectAt(objectAt(old).content), objectAt(objectAt(next).content)] as const;
    for (const [type, media] of Object.entries(contents[0])) {
      const other = contents[1][type];
      if (other === undefined) this.#say(true, `${name} is not ${type} any more`);
      else this.#schemas(objectAt(media).schema ?? true, objectAt(other).schema ?? true, name, direction);
    }
    for (const type of Object.keys(contents[1])) {
      if (contents[0][type] === undefined) this.#say(direction === 'given', `${name} may be ${type} now`);
    }
  }

  #responses(): void {
    const [old, next] = [objectAt(this.#old.responses), objectAt(this.#new.responses)];
    for (const status of Object.keys(old)) {
      if (next[status] === undefined) this.#say(true, `never answers ${status} any more`);
      else
        this.#response(
          status,
          resolved(old[status], this.#documents.old),
          resolved(next[status], this.#documents.new),
        );
    }
    for (const status of Object.keys(next)) {
      // All failures share their envelope, and whoever calls must be ready for one.
      if (old[status] === undefined) this.#say(!/^[45]/.test(status), `may answer ${status} now`);
    }
  }

  #response(status: string, old: Json, next: Json): void {
    const headers = [objectAt(old.headers), objectAt(next.headers)] as const;
    for (const [header, is] of Object.entries(headers[0])) {
      const name = `answer ${status} header ${header}`;
      const other = headers[1][header];
      if (other === undefined) {
        this.#say(true, `${name} is not there any more`);
        continue;
      }
      const [was, now] = [resolved(is, this.#documents.old), resolved(other, this.#documents.new)];
      if (was.required && !now.required) this.#say(true, `${name} may be missing now`);
      this.#schemas(was.schema ?? true, now.schema ?? true, name, 'given');
    }
    for (const header of Object.keys(headers[1])) {
      if (headers[0][header] === undefined) this.#say(false, `answer ${status} header ${header} is new`);
    }
    this.#content(old, next, `answer ${status}`, 'given');
  }
}

/** Parameters by what they are on the wire: a name, or in a path their position. */
function parametersOf(operation: Json, place: string, document: Json): Map<string, Json> {
  const found = listAt(operation.parameters)
    .map((parameter) => resolved(parameter, document))
    .filter((parameter) => parameter.in === place);
  return new Map(
    found.map((parameter, i) => [place === 'path' ? String(i) : String(parameter.name), parameter]),
  );
}

/** What changed from one OpenAPI document to another. */
export function compareOpenApi(old: Json, next: Json): Change[] {
  const documents = { old, new: next };
  const [before, after] = [operationsOf(old), operationsOf(next)];
  return [
    ...Array.from(before, ([key, { name, operation }]) => {
      const other = after.get(key);
      if (other === undefined) return [{ breaking: true, where: name, what: 'is not there any more' }];
      return new OperationComparison(other.name, operation, other.operation, documents).compare();
    }).flat(),
    ...Array.from(after).flatMap(([key, { name }]) =>
      before.has(key) ? [] : [{ breaking: false, where: name, what: 'is new' }],
    ),
  ];
}
