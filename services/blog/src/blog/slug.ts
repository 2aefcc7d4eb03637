import type { ValidationParser } from '@tsmicro/network';

/** The name of a blog in its URL: spaces and `?` are dropped, `/` becomes `-`, letters keep their case. */
export function toSlug(text: string): string {
  return text.replace(/[ ?]/g, '').replaceAll('/', '-');
}

const minLength = 3;

/** The format `slug`: a text that is long enough also after characters were dropped. */
export const slugParser: ValidationParser = {
  format: 'slug',
  check: (text) => [...toSlug(text)].length >= minLength,
  message: `must be at least ${minLength} characters`,
};
