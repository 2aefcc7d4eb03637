/** One entry of a route's `paths`. */
export interface PathPattern {
  readonly text: string;
  readonly kind: 'prefix' | 'regex';
  /** How many characters at the start of `path` it matches; -1 when it does not match. */
  match(path: string): number;
}

/** What JavaScript would accept and the engine behind Kong's router refuses. */
const foreignSyntax = /\(\?<?[=!]|\\[1-9]|\\k</;

function createRegexPattern(text: string): PathPattern {
  const source = text.slice(1);
  if (foreignSyntax.test(source)) throw new SyntaxError('must not use look-around or back-references');
  let regex: RegExp;
  try {
    regex = new RegExp(`^(?:${source})`, 'u');
  } catch {
    throw new SyntaxError('is not a regular expression');
  }
  return { text, kind: 'regex', match: (path) => regex.exec(path)?.[0].length ?? -1 };
}

/**
 * A path of a route in Kong's notation: `~` begins a regular expression anchored at the start; anything else is a
 * plain prefix, case-sensitive and not bounded by a "/".
 * @throws {SyntaxError} saying what is wrong, to follow the field's name
 */
export function createPathPattern(text: string): PathPattern {
  if (text.startsWith('~/')) return createRegexPattern(text);
  if (!text.startsWith('/')) throw new SyntaxError('must begin with "/" or "~/"');
  return { text, kind: 'prefix', match: (path) => (path.startsWith(text) ? text.length : -1) };
}
