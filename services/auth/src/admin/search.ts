/**
 * The words of a search as patterns of SQL's LIKE, the longest first: each is plain text, to be found anywhere. What LIKE
 * takes as a sign (`%`, `_`, `\`) stands for itself.
 */
export function toPatterns(search: string): string[] {
  const words = new Set(search.split(/\s+/u).filter((word) => word !== ''));
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
}
