// What must not stand in a log: known by the name of its field, or by its form wherever it turns up in a line.

/** Stands where a secret stood. */
export const mask = '***';

const secretName =
  /passw(?:or)?d|pwd|secret|token|authorization|api[-_]?key|cookie|credential|private[-_]?key|hash|^key$/i;

/** Whether a field, header or variable of this name holds a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

// Each begins with a fixed text and stops at the first character that its secret cannot have: none can be made to
// take long by a hostile text.
const forms: readonly [form: RegExp, replacement: string][] = [
  // The credentials of a connection string.
  [/:\/\/[^\s"'/@]*(?:@[^\s"'/@]*)*@/g, `://${mask}@`],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${mask}`],
  // A JSON Web Token.
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g, mask],
  // Hashes of passwords in the modular crypt format.
  [/\$(?:argon2(?:id|i|d)|2[abxy]|scrypt)\$[\w.+/=$,-]+/g, mask],
  // As in the connection strings of libpq and in queries of URLs.
  [/(password|passwd|pwd|secret|token|api[-_]?key)=[^\s"'&;,\\]+/gi, `$1=${mask}`],
  // What databases quote to the end of their message: a value of the wrong type, a key that was there before.
  [/(invalid input (?:syntax|value) for [^:"\\]{1,100}: )(?:[^"\\]|\\[^n])*/g, '$1...'],
  [/(dup key: )(?:[^"\\]|\\[^n])*/g, '$1...'],
];

/** A field of JSON, also of JSON that is quoted within JSON. */
const fields = [/"([^"\\]{0,64})":"(?:[^"\\]|\\.)*"/g, /\\"([^"\\]{0,64})\\":\\"[^"\\]*/g];

/** A line of a log in JSON without what looks like a secret in it. */
export function maskLine(line: string): string {
  let masked = line;
  for (const [form, replacement] of forms) masked = masked.replace(form, replacement);
  for (const form of fields) {
    masked = masked.replace(form, (field, name: string) => (isSecretName(name) ? hide(field) : field));
  }
  return masked;
}

/** A text field with its value masked. */
function hide(field: string): string {
  const quote = field.startsWith('\\') ? '\\"' : '"';
  return field.slice(0, field.indexOf(':') + 1) + quote + mask + (quote === '"' ? quote : '');
}
