import type { Static, TSchema } from '@tsmicro/schema';
import { compileValidator } from './validation.ts';

/** A configuration that cannot be used; its message lists every wrong variable, its shape and the fix. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a configuration out of named texts, such as the environment, by one schema. An empty text counts as absent;
 * a property's `description` is shown with the complaint about it, the values themselves never are.
 * @throws {ConfigError} one error for all complaints
 */
export function parseConfig<S extends TSchema>(
  schema: S,
  source: Readonly<Record<string, string | undefined>>,
): Static<S> {
  const properties = (schema as { properties?: Record<string, { description?: string }> }).properties ?? {};
  const given: Record<string, string> = {};
  for (const name of Object.keys(properties)) {
    const text = source[name];
    if (text !== undefined && text !== '') given[name] = text;
  }
  const faults = compileValidator(schema, { fromText: true, root: 'environment' })(given);
  if (faults.length > 0) {
    const lines = faults.map(({ field, message }) => {
      const description = properties[field]?.description;
      return `  ${message}${description === undefined ? '' : ` (${description})`}`;
    });
    throw new ConfigError(`these environment variables are missing or wrong:\n${lines.join('\n')}`);
  }
  return given as Static<S>;
}
