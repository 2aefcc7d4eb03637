/**
 * The words of a text as a search for any of them. In MongoDB's `$search` quotes make a phrase and a minus sign
 * excludes: a title may have both, and means neither.
 */
export function toSearchWords(text: string): string {
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).join(' ');
}
