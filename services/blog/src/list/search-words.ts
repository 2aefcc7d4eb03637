/**
 * The words of a text as a search for any of them; empty when it has none. In MongoDB's `$search` quotes make a phrase
 * and a minus sign excludes: a title may have both, and means neither. All else is left to MongoDB, which takes it apart
 * as it did what is searched.
 */
export function toSearchWords(text: string): string {
  return /[\p{L}\p{N}]/u.test(text) ? text.replace(/["-]+/g, ' ').trim() : '';
}
