import type { PoolOptions } from '@tsmicro/dependency';
import { MigrationError } from './errors.ts';
import type { Migration } from './migration-file.ts';

/** A row of `applied_migrations`. */
export interface Applied {
  number: number;
  name: string;
  checksum: string;
}

/** Refuses files that no longer say what was applied: the schema would differ from database to database. */
function checkUnchanged(migrations: readonly Migration[], history: readonly Applied[]): void {
  for (const [index, applied] of history.entries()) {
    const migration = migrations[index];
    if (applied.number !== index + 1) {
      throw new MigrationError(`applied_migrations has no number ${index + 1}, but ${applied.name}`);
    }
    if (migration === undefined) return;
    if (migration.name !== applied.name) {
      throw new MigrationError(`${migration.name}.up.sql: applied under the name ${applied.name}`);
    }
    if (migration.checksum !== applied.checksum) {
      throw new MigrationError(
        `${migration.name}.up.sql: changed after it was applied; restore it and write a new migration`,
      );
    }
  }
}

/**
 * The next `count` migrations to apply, by default all. A database that is ahead is left as it is: an older
 * instance may start beside a newer one while both are rolled out.
 */
export function stepsUp(
  migrations: readonly Migration[],
  history: readonly Applied[],
  count: number | undefined,
  logger: PoolOptions['logger'],
): Migration[] {
  checkUnchanged(migrations, history);
  if (history.length > migrations.length) {
    logger?.warn({ applied: history.at(-1)?.name }, 'the database is ahead of the migration files');
  }
  return migrations.slice(history.length).slice(0, count);
}

/** The last `count` applied migrations, newest first, each with a way down. */
export function stepsDown(
  migrations: readonly Migration[],
  history: readonly Applied[],
  count = 1,
): Migration[] {
  checkUnchanged(migrations, history);
  return history
    .slice(Math.max(0, history.length - count))
    .reverse()
    .map(({ number, name }) => {
      const migration = migrations[number - 1];
      if (migration?.down === undefined) throw new MigrationError(`${name}.down.sql: not there, no way back`);
      return migration;
    });
}
