import { completePoolOptions, type Logger, untilReady } from '@tsmicro/dependency';
import type { PostgresPoolClient } from 'kysely';
import { MigrationError, PostgresTimeoutError } from './errors.ts';
import { type Migration, placeOf, readMigrations } from './migration-file.ts';
import { type Applied, stepsDown, stepsUp } from './migration-history.ts';
import type { PostgresAddress } from './options.ts';
import { BoundedPool } from './pool.ts';

/** What to migrate and how far. */
export interface MigrateOptions extends PostgresAddress {
  /** Holds `0001_what.up.sql` and `0001_what.down.sql`. */
  directory: string;
  /** @default 'up' */
  direction?: 'up' | 'down';
  /** How many steps. @default all of them up, one down */
  count?: number;
  /** Longest time of one file, and of the wait for another instance that migrates. @default 60000 */
  timeoutMs?: number;
  /** @default 1000 */
  connectTimeoutMs?: number;
  logger?: Pick<Logger, 'info' | 'warn'>;
  /** Ends the wait for a database that is not there yet. */
  signal?: AbortSignal;
}

/** The names of the migrations that this call applied or took back, in that order. */
export interface MigrateResult {
  names: string[];
}

// Any number will do, as long as every instance asks for the same one in its database.
const LOCK = 'select pg_advisory_lock(7205759403)';

// Under this name nothing of golang-migrate or another tool is in the way of a database taken over.
const HISTORY = `create table if not exists applied_migrations (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`;

/**
 * Brings the schema up or down by SQL files. One instance works while others wait (advisory lock); each file
 * is one transaction together with its row in `applied_migrations`. Waits for a database that is not there.
 * @throws {MigrationError} naming the file, for a failing, changed, missing or misnumbered one
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(options.directory);
  const timeoutMs = options.timeoutMs ?? 60_000;
  const pool = new BoundedPool({
    ...completePoolOptions({ ...options, maxPoolSize: 1, applicationName: 'tsmicro-migrate' }),
    queryTimeoutMs: timeoutMs,
  });
  try {
    const name = `PostgreSQL at ${options.host}:${options.port}`;
    const client = await untilReady(() => pool.connect(), {
      name,
      logger: options.logger,
      signal: options.signal,
    });
    try {
      return await migrateOn(client, migrations, options);
    } finally {
      // Not handed back: with the session ends its advisory lock.
      client.release(true);
    }
  } finally {
    await pool.end(0);
  }
}

async function migrateOn(
  client: PostgresPoolClient,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<MigrateResult> {
  await lock(client);
  await client.query(HISTORY, []);
  const { rows } = await client.query<Applied>(
    'select number, name, checksum from applied_migrations order by number',
    [],
  );
  const down = options.direction === 'down';
  const steps = down
    ? stepsDown(migrations, rows, options.count)
    : stepsUp(migrations, rows, options.count, options.logger);
  for (const step of steps) await runFile(client, step, down);
  const names = steps.map((step) => step.name);
  if (names.length > 0) options.logger?.info({ direction: down ? 'down' : 'up', names }, 'migrated');
  return { names };
}

async function lock(client: PostgresPoolClient): Promise<void> {
  try {
    await client.query(LOCK, []);
  } catch (error) {
    if (!(error instanceof PostgresTimeoutError)) throw error;
    throw new MigrationError('another instance still migrates this database', { cause: error });
  }
}

async function runFile(client: PostgresPoolClient, migration: Migration, down: boolean): Promise<void> {
  const { number, name, checksum } = migration;
  const file = `${name}.${down ? 'down' : 'up'}.sql`;
  const text = (down ? migration.down : migration.up) ?? '';
  try {
    await client.query('begin', []);
    const before = await currentTransaction(client);
    await client.query(text, []);
    if ((await currentTransaction(client)) !== before) {
      throw new MigrationError(`${file}: a migration must not begin, commit or roll back by itself`);
    }
    await (down
      ? client.query('delete from applied_migrations where number = $1', [number])
      : client.query('insert into applied_migrations (number, name, checksum) values ($1, $2, $3)', [
          number,
          name,
          checksum,
        ]));
    await client.query('commit', []);
  } catch (error) {
    // The connection is closed next, and the transaction with it.
    throw error instanceof MigrationError ? error : failure(file, text, error);
  }
}

async function currentTransaction(client: PostgresPoolClient): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select txid_current()::text as id', []);
  return rows[0]?.id;
}

function failure(file: string, text: string, error: unknown): unknown {
  if (!(error instanceof Error) || 'fault' in error) return error;
  const position = 'position' in error ? Number(error.position) : 0;
  const place = position > 0 ? `:${placeOf(text, position)}` : '';
  return new MigrationError(`${file}${place}: ${error.message}`, { cause: error });
}
