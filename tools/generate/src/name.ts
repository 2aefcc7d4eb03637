/** A name in every form that code, SQL and people use. */
export interface Names {
  /** `order-line` */
  readonly kebab: string;
  /** `OrderLine` */
  readonly pascal: string;
  /** `orderLine` */
  readonly camel: string;
  /** `orderLines` */
  readonly camelPlural: string;
  /** `order_lines` */
  readonly snakePlural: string;
  /** `order line` */
  readonly words: string;
  /** `order lines` */
  readonly wordsPlural: string;
}

const shape = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const maxLength = 30;

const keywords = new Set(
  (
    'abstract any as async await boolean break case catch class const continue debugger declare default delete do else ' +
    'enum export extends false finally for from function get if implements import in instanceof interface is keyof let ' +
    'module namespace never new null number object of package private protected public readonly return satisfies set ' +
    'static string super switch symbol this throw true try type typeof undefined unique unknown using var void while ' +
    'with yield'
  ).split(' '),
);

/** Files of a service, and roles of files in a feature. */
const roles = new Set(
  'main server module config controller guard service client store cache dto model health index test'.split(
    ' ',
  ),
);

/** Names that generated code uses for something else. */
const used = new Set(
  'Answer Config Connections Controller Fixture Instance Opening Page Pagination Readiness Routes Row Type Uuid'.split(
    ' ',
  ),
);

/** Names of processes, and of what stands beside services in the stack's files. */
const processes = new Set(
  'gateway stack launcher nats postgres redis mongo pids metrics databases contracts packages services tsmicro'.split(
    ' ',
  ),
);

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** All forms of a name in kebab case. */
export function toNames(kebab: string): Names {
  const parts = kebab.split('-');
  const pascal = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return {
    kebab,
    pascal,
    camel,
    camelPlural: plural(camel),
    snakePlural: plural(parts.join('_')),
    words: parts.join(' '),
    wordsPlural: plural(parts.join(' ')),
  };
}

/** Why this is no name; undefined when it is one. */
function objectionToShape(name: string): string | undefined {
  if (!shape.test(name))
    return `"${name}" is no name: small letters, digits and single hyphens, as in order-line`;
  if (name.length > maxLength) return `"${name}" is too long: at most ${maxLength} characters`;
  return keywords.has(toNames(name).camel)
    ? `"${name}" is a word of the language: choose another`
    : undefined;
}

/** Why no service can be called so, whatever there is already; undefined when one can. */
export function objectionToService(name: string): string | undefined {
  const objection = objectionToShape(name);
  if (objection !== undefined) return objection;
  const reserved = processes.has(name) || name.startsWith('contracts-');
  return reserved ? `"${name}" is reserved for the project itself: choose another` : undefined;
}

/** Why no feature can be called so, whatever there is already; undefined when one can. */
export function objectionToFeature(name: string): string | undefined {
  const objection = objectionToShape(name);
  if (objection !== undefined) return objection;
  if (roles.has(name)) return `"${name}" is the name of a role, not of a feature: choose another`;
  const { pascal } = toNames(name);
  const taken = used.has(pascal) || pascal in globalThis;
  return taken ? `"${name}" would hide ${pascal}, which the code needs: choose another` : undefined;
}

/** What a service of this name probably deals in: `orders` in `order`. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  if (/(?:x|z|ch|sh|ss)es$/.test(name)) return name.slice(0, -2);
  return /[^suie]s$|[^s]es$/.test(name) ? name.slice(0, -1) : name;
}
