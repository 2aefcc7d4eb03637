import type { TSchema } from '@tsmicro/schema';
import { toStandardKeywords } from './standard-keywords.ts';

/** A JSON object as it stands in a document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Which way values of a schema travel: the service takes them, or gives them. */
export type Direction = 'taken' | 'given';

const inMap = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
const inList = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const inPlace = new Set([
  'items',
  'additionalProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);
const componentName = /^[A-Z][A-Za-z0-9]*$/;

/**
 * Collects the schemas of one document, in standard JSON Schema 2020-12. A schema whose `title` is a name, as in
 * `PublicBlog`, is written once, below `#/components/schemas`, and referred to from everywhere else.
 */
export class SchemaBook {
  readonly #components = new Map<string, JsonObject>();

  /** The schema, or the reference to it, for values that travel this way. */
  write(schema: TSchema, direction: Direction): JsonObject {
    const written = this.#translate(schema as JsonObject, direction);
    const { title } = written;
    return typeof title === 'string' && componentName.test(title) ? this.define(title, written) : written;
  }

  /** Writes a schema of the document's own. @returns the reference to it; another schema of that name is numbered */
  define(name: string, schema: JsonObject): JsonObject {
    const text = JSON.stringify(schema);
    for (let number = 1; ; number++) {
      const key = number === 1 ? name : `${name}${number}`;
      const known = this.#components.get(key);
      if (known === undefined) this.#components.set(key, schema);
      if (known === undefined || JSON.stringify(known) === text)
        return { $ref: `#/components/schemas/${key}` };
    }
  }

  /** Everything that references lead to, sorted by name. */
  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #translate(schema: JsonObject, direction: Direction): JsonObject {
    const translated: Record<string, unknown> = {};
    const write = (part: unknown) =>
      typeof part === 'object' && part !== null ? this.write(part as TSchema, direction) : part;
    for (const [keyword, value] of Object.entries(toStandardKeywords(schema))) {
      if (inMap.has(keyword)) translated[keyword] = mapValues(value as JsonObject, write);
      else if (inList.has(keyword)) translated[keyword] = (value as unknown[]).map(write);
      else if (inPlace.has(keyword)) translated[keyword] = write(value);
      else if (keyword === 'required') Object.assign(translated, requiredOf(schema, direction));
      else translated[keyword] = value;
    }
    return translated;
  }
}

function mapValues(map: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** Who sends may leave out what has a default; who receives always finds it. */
function requiredOf(schema: JsonObject, direction: Direction): { required?: string[] } {
  const properties = (schema.properties ?? {}) as Record<string, JsonObject | undefined>;
  const required = (schema.required as string[]).filter(
    (name) => direction === 'given' || properties[name]?.default === undefined,
  );
  return required.length === 0 ? {} : { required };
}
