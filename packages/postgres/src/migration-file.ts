import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './errors.ts';

/** One step of the schema: `0001_what.up.sql` and its way back, `0001_what.down.sql`. */
export interface Migration {
  number: number;
  /** `0001_what` */
  name: string;
  up: string;
  down: string | undefined;
  /** SHA-256 of the way up, line ends apart. */
  checksum: string;
}

const FILE_NAME = /^(?<name>(?<number>\d{4})_[a-z0-9_]+)\.(?<direction>up|down)\.sql$/;

function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/**
 * The migrations of a directory in order. They are numbered 0001, 0002, ... without a gap or a number used
 * twice; every other `.sql` file is refused, so that a misspelt name is not passed over in silence.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const ups = new Map<string, string>();
  const downs = new Map<string, string>();
  for (const file of (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()) {
    const { name, direction } = FILE_NAME.exec(file)?.groups ?? {};
    if (name === undefined) {
      throw new MigrationError(`${file}: a migration is named 0001_what.up.sql or 0001_what.down.sql`);
    }
    (direction === 'up' ? ups : downs).set(name, await readFile(join(directory, file), 'utf8'));
  }
  for (const name of downs.keys()) {
    if (!ups.has(name)) throw new MigrationError(`${name}.down.sql has no ${name}.up.sql`);
  }
  return [...ups].map(([name, up], index) => {
    const number = Number(name.slice(0, 4));
    if (number !== index + 1) {
      const wanted = String(index + 1).padStart(4, '0');
      throw new MigrationError(
        `${name}.up.sql: number ${wanted} was expected here, each number once and no gap`,
      );
    }
    return { number, name, up, down: downs.get(name), checksum: checksumOf(up) };
  });
}

/** `line:column` of a 1-based character position, as PostgreSQL counts it. */
export function placeOf(text: string, position: number): string {
  const before = [...text].slice(0, position - 1).join('');
  const lines = before.split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}
