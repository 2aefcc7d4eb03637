const maxLength = 80;
const minLength = 3;

/**
 * The name that an article of this title may have in its URL: the words in lower case, without accents and signs, joined
 * by `-`, at most 80 characters. A title of too few letters gets `article-` before it. `asset/writing.js` says the same.
 */
export function suggestSlug(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  const slug = Array.from(words.join('-')).slice(0, maxLength).join('').replace(/-$/, '');
  return Array.from(slug).length < minLength ? `article-${slug}`.replace(/-$/, '') : slug;
}
