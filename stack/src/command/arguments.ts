import { parseArgs } from 'node:util';
import { maxInstances } from '../launcher/instance.ts';

/** A command line that makes no sense: the message says why, and the process ends with 2. */
export class UsageError extends Error {}

/** The options that a command knows, by name. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
}

/** What stood behind a command. */
export interface Arguments {
  readonly flags: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** Reads what stands behind a command. @throws UsageError for an option it does not know, or too many words */
export function parseArguments(
  args: readonly string[],
  options: Readonly<Record<string, OptionSpec>>,
  maxWords: number,
): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (positionals.length > maxWords)
      throw new UsageError(`unexpected: ${positionals.slice(maxWords).join(' ')}`);
    const entries = Object.entries(values);
    return {
      flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
      texts: new Map(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
      words: positionals,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'unknown option');
  }
}

/** A port in decimal digits. @throws UsageError */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`--port ${text} is no port: a number from 1 to 65535`);
  }
  return port;
}

/** Instances by service, from words such as `auth=2`. @throws UsageError for what is none, and for a service twice */
export function parseCounts(words: readonly string[], services: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) {
    const [, name = '', digits = ''] = /^([^=]+)=(\d{1,2})$/.exec(word) ?? [];
    const count = Number(digits);
    if (count < 1 || count > maxInstances)
      throw new UsageError(`${word} is no scale: it must look like auth=2, from 1 to ${maxInstances}`);
    if (!services.includes(name))
      throw new UsageError(`${name} is no service; there are ${services.join(', ')}`);
    if (counts.has(name)) throw new UsageError(`${name} stands there twice`);
    counts.set(name, count);
  }
  return counts;
}
