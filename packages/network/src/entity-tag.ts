import { createHash } from 'node:crypto';

/** The entity tag of a text (RFC 9110, section 8.8.3): the same for the same text, wherever it is served. */
export function createEntityTag(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Whether an `if-none-match` header says that the client has the text with this tag already (section 13.1.2). */
export function hasEntityTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const known = ifNoneMatch?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known !== undefined && (known.includes(tag) || known.includes('*'));
}
