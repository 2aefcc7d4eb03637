import { type Json, listAt, resolved } from './json.ts';

/** Patterns that say less than the words for them. */
const knownPatterns: Readonly<Record<string, string>> = {
  '\\S': 'not blank',
  '^[0-9a-fA-F]{24}$': '24 hexadecimal digits',
  '^[Hh][Tt][Tt][Pp][Ss]?://': 'begins with http:// or https://',
  '^(?:[Hh][Tt][Tt][Pp][Ss]?://|/(?!/))': 'begins with http://, https:// or a single /',
};
/** What this pattern stands for is said by the extension beside it. */
const noLowerCase = '^[^a-z]*$';

function between(least: unknown, most: unknown, of: string): string[] {
  const say = (words: string) => [of === '' ? words : `${words} ${of}`];
  if (typeof least === 'number' && typeof most === 'number') {
    return say(least === most ? `exactly ${least}` : `${least} to ${most}`);
  }
  if (typeof least === 'number') return say(`at least ${least}`);
  return typeof most === 'number' ? say(`at most ${most}`) : [];
}

function patternRules({ pattern, allOf, ...schema }: Json): string[] {
  const patterns = [pattern, ...listAt(allOf).map((part) => (part as Json | null)?.pattern)];
  return patterns
    .filter((one) => typeof one === 'string')
    .filter((one) => !(one === noLowerCase && schema['x-isUppercase'] === true))
    .map((one) => knownPatterns[one] ?? `matches ${one}`);
}

/** What a value must hold to, each in a few words. */
export function rulesOf(schema: Json, document: Json): string[] {
  const format = schema['x-format'] ?? schema.format;
  const items = schema.items === undefined ? [] : rulesOf(resolved(schema.items, document), document);
  return [
    ...('const' in schema ? [`always ${JSON.stringify(schema.const)}`] : []),
    ...('enum' in schema
      ? [
          `one of ${listAt(schema.enum)
            .map((value) => JSON.stringify(value))
            .join(', ')}`,
        ]
      : []),
    ...(typeof format === 'string' ? [`form ${format}`] : []),
    ...between(schema.minLength, schema.maxLength, 'characters'),
    ...between(schema.minimum, schema.maximum, ''),
    ...between(schema.minItems, schema.maxItems, 'items'),
    ...(schema['x-isUppercase'] === true ? ['upper case'] : []),
    ...patternRules(schema),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
    ...items.map((rule, i) => (i === 0 ? `each ${rule}` : rule)),
  ];
}
