import { badRequest } from './errors.ts';

const maxDepth = 32;
const maxValues = 20_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** What is too much in the text; brackets and commas inside strings do not count. */
function excessOf(text: string): string | undefined {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > maxDepth) return `body nests deeper than ${maxDepth} levels`;
    } else if (char === 0x7d || char === 0x5d) depth--;
    else if (char === 0x2c && ++values > maxValues) return `body has more than ${maxValues} values`;
  }
  return undefined;
}

/** Whether a text has enough brackets to nest too deep, or enough commas for too many values: most have not. */
function mayExceed(text: string): boolean {
  if (text.length > maxValues) return true;
  let brackets = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++brackets > maxDepth) return true;
    }
  }
  return false;
}

/** Takes out every field that is null: in a request null equals absent. */
function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  const inArray = Array.isArray(value);
  for (const key of Object.keys(fields)) {
    if (fields[key] === null && !inArray) delete fields[key];
    else dropNulls(fields[key]);
  }
}

/**
 * Reads JSON that came from outside: valid UTF-8, at most 32 levels deep and 20,000 values, null fields left out. Empty
 * input is undefined.
 * @throws {ApiError} 400 for anything else; the message has no word of the parser's.
 */
export function parseJson(input: string | Uint8Array): unknown {
  let text: string;
  try {
    text = typeof input === 'string' ? input : decoder.decode(input);
  } catch (error) {
    throw badRequest('body is not valid UTF-8', { cause: error });
  }
  if (text.trim() === '') return undefined;
  const excess = mayExceed(text) ? excessOf(text) : undefined;
  if (excess !== undefined) throw badRequest(excess);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest('body is not valid JSON', { cause: error });
  }
  if (text.includes('null')) dropNulls(value);
  return value ?? undefined;
}
