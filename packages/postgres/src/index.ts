export type { ColumnType, Generated, Insertable, Kysely, Selectable, Transaction, Updateable } from 'kysely';
export { sql } from 'kysely';
export {
  isCheckViolation,
  isForeignKeyViolation,
  isUniqueViolation,
  MigrationError,
  PostgresTimeoutError,
  PostgresUnavailableError,
} from './errors.ts';
export { createInbox, Inbox, type InboxOptions } from './inbox.ts';
export { type MigrateOptions, type MigrateResult, migrate } from './migrate.ts';
export type { PostgresAddress, PostgresOptions } from './options.ts';
export { createOutbox, Outbox } from './outbox.ts';
export { openPostgres, Postgres } from './postgres.ts';
