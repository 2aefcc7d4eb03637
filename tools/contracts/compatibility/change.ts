/** One difference between two versions of a contract, in words. */
export interface Change {
  /** Whether someone who relied on the old version can be hurt by it. */
  readonly breaking: boolean;
  /** The operation or subject. */
  readonly where: string;
  /** What is different there. */
  readonly what: string;
}

/** A JSON object of a document. */
export type Json = Readonly<Record<string, unknown>>;

/** The object in a place of a document; an empty one where there is none. */
export function objectAt(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The list in a place of a document; an empty one where there is none. */
export function listAt(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a reference within a document leads to (RFC 6901); any other value is itself. @throws for one that leads nowhere */
export function resolved(value: unknown, document: Json): Json {
  const { $ref, ...beside } = objectAt(value);
  if (typeof $ref !== 'string') return objectAt(value);
  const parts = $ref.replace(/^#\//, '').split('/');
  const target = parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((part, key) => objectAt(part)[key], document);
  if (target === undefined) throw new Error(`${$ref} leads nowhere in its document`);
  return { ...resolved(target, document), ...beside };
}
