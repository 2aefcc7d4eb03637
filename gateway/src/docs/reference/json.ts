/** A JSON object of a document that came from a service: nothing is known of its fields. */
export type Json = Readonly<Record<string, unknown>>;

/** The object in a place of a document; an empty one where there is none. */
export function objectAt(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The list in a place of a document; an empty one where there is none. */
export function listAt(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text in a place of a document; an empty one where there is none. */
export function textAt(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const maxReferences = 20;

/** What a reference within a document leads to (RFC 6901); any other value is itself, a lost reference is empty. */
export function resolved(value: unknown, document: Json): Json {
  let target = objectAt(value);
  for (let i = 0; typeof target.$ref === 'string' && i < maxReferences; i++) {
    const parts = target.$ref.replace(/^#\//, '').split('/');
    target = objectAt(
      parts
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((part, key) => objectAt(part)[key], document),
    );
  }
  return target;
}
