import { badRequest } from './errors.ts';

const maxDepth = 32;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** True when the text nests objects and arrays deeper than {@link maxDepth}; brackets inside strings do not count. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
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
 * Reads JSON that came from outside: valid UTF-8, at most 32 levels deep, null fields left out. Empty input is undefined.
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
  // Most messages are short: fewer brackets than levels allowed cannot nest too deep.
  if (text.length > maxDepth && nestsTooDeep(text)) {
    throw badRequest(`body nests deeper than ${maxDepth} levels`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest('body is not valid JSON', { cause: error });
  }
  if (text.includes('null')) dropNulls(value);
  return value ?? undefined;
}
