import type { JsonObject } from './schema-book.ts';

/**
 * Formats of the contract that JSON Schema does not know, in words that it does. Each takes at least what the service
 * takes; `x-format` keeps the name.
 */
const ownFormats: Readonly<Record<string, JsonObject>> = {
  'mongo-id': { pattern: '^[0-9a-fA-F]{24}$' },
  'http-url': { format: 'uri', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' },
  'http-url-or-path': { format: 'uri-reference', pattern: '^(?:[Hh][Tt][Tt][Pp][Ss]?://|/(?!/))' },
};

/** Of JSON Schema 2020-12, section 7.3 of its validation vocabulary, those that services may use. */
const standardFormats = new Set([
  'email',
  'uuid',
  'uri',
  'uri-reference',
  'date-time',
  'date',
  'time',
  'ipv4',
  'ipv6',
]);

const notBlank = '\\S';
/** What every text without lower case matches; letters beyond ASCII are said by `x-isUppercase` alone. */
const noLowerCase = '^[^a-z]*$';

/**
 * The keywords of one schema, without looking into those below it, in standard JSON Schema: what the services' own
 * keywords demand becomes a pattern, and stays as an extension (`x-format`, `x-isUppercase`) where a pattern says less.
 */
export function toStandardKeywords({
  notBlank: filled,
  isUppercase,
  format,
  pattern,
  ...rest
}: JsonObject): JsonObject {
  const own = typeof format === 'string' && !standardFormats.has(format);
  const { pattern: formatPattern, ...formatKeywords } = own ? (ownFormats[format] ?? {}) : { format };
  const patterns = [pattern, formatPattern, filled && notBlank, isUppercase && noLowerCase].filter(
    (one) => typeof one === 'string',
  );
  const [first, ...further] = patterns;
  return {
    ...rest,
    ...(formatKeywords.format === undefined ? {} : formatKeywords),
    ...(first === undefined ? {} : { pattern: first }),
    ...(further.length === 0 ? {} : { allOf: further.map((one) => ({ pattern: one })) }),
    ...(own ? { 'x-format': format } : {}),
    ...(isUppercase ? { 'x-isUppercase': true } : {}),
  };
}
