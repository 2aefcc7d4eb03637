import { readFileSync } from 'node:fs';
import type { Static, TSchema } from '@tsmicro/schema';
import { compileValidator } from './validation.ts';

/** Names and their texts, such as the environment. */
type Source = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot be used; its message lists every wrong variable, its shape and the fix. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The text of the file that a variable names, without the line end that editors leave. @throws {ConfigError} */
function readText(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    throw new ConfigError(`${variable}: the file cannot be read (${reason})`);
  }
}

/** What a name is given: its own text, or that of the file that `<name>_FILE` names. @throws {ConfigError} */
function textOf(name: string, source: Source): string | undefined {
  const [text, path] = [source[name] || undefined, source[`${name}_FILE`] || undefined];
  if (path === undefined) return text;
  if (text !== undefined)
    throw new ConfigError(`${name} and ${name}_FILE are both set: one of them has to go`);
  return readText(`${name}_FILE`, path) || undefined;
}

/** The texts of all names, and a complaint for each that cannot be had. */
function textsOf(
  names: string[],
  source: Source,
): { given: Record<string, string>; complaints: Map<string, string> } {
  const given: Record<string, string> = {};
  const complaints = new Map<string, string>();
  for (const name of names) {
    try {
      const text = textOf(name, source);
      if (text !== undefined) given[name] = text;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complaints.set(name, error.message);
    }
  }
  return { given, complaints };
}

/**
 * Reads a configuration out of named texts, such as the environment, by one schema. An empty text counts as absent;
 * `<name>_FILE` names a file that has the text instead, as secrets come to a container. A property's `description` is
 * shown with the complaint about it, the values themselves never are.
 * @throws {ConfigError} one error for all complaints
 */
export function parseConfig<S extends TSchema>(schema: S, source: Source): Static<S> {
  const properties = (schema as { properties?: Record<string, { description?: string }> }).properties ?? {};
  const { given, complaints } = textsOf(Object.keys(properties), source);
  const faults = compileValidator(schema, { fromText: true, root: 'environment' })(given);
  const lines = [...complaints.values()];
  for (const { field, message } of faults) {
    const description = properties[field]?.description;
    if (!complaints.has(field))
      lines.push(description === undefined ? message : `${message} (${description})`);
  }
  if (lines.length > 0) {
    throw new ConfigError(
      `these environment variables are missing or wrong:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return given as Static<S>;
}
