/** The name of a blog in its URL: spaces and `?` are dropped, `/` becomes `-`, letters keep their case. */
export function toSlug(text: string): string {
  return text.replace(/[ ?]/g, '').replaceAll('/', '-');
}
