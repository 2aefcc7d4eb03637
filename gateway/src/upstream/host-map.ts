import type { Address } from './address.ts';
import { HostMapError } from './errors.ts';

/** Where the names of a declaration live, by `host:port`. */
export type HostMap = ReadonlyMap<string, Address>;

const entryPattern = '([^\\s=,]+:\\d{1,5})=([^\\s=,]+):(\\d{1,5})';
const entry = new RegExp(`^${entryPattern}$`);

/** What {@link parseHostMap} reads, for the schema of the configuration. */
export const hostMapPattern = `^(?:\\s*${entryPattern}\\s*(?:,|$))*$`;

/**
 * Reads `auth:8000=127.0.0.1:8001,blog:8000=127.0.0.1:8002`; an empty text is an empty map.
 * @throws {HostMapError} naming every entry that is not of this shape
 */
export function parseHostMap(text: string): HostMap {
  const map = new Map<string, Address>();
  const wrong: string[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [, name, host, port] = entry.exec(part) ?? [];
    if (name === undefined || host === undefined) wrong.push(part);
    else map.set(name, { host, port: Number(port) });
  }
  if (wrong.length > 0) {
    throw new HostMapError(
      `HOST_MAP must look like auth:8000=127.0.0.1:8001,blog:8000=127.0.0.1:8002; wrong is ${wrong.join(', ')}`,
    );
  }
  return map;
}
