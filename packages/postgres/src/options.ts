import type { PoolOptions } from '@tsmicro/dependency';

/** Where a database is and who asks. */
export interface PostgresAddress {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

/** How to open a database. */
export interface PostgresOptions extends PostgresAddress, PoolOptions {}

/** {@link PostgresOptions} with every default filled in. */
export type CompleteOptions = PostgresAddress &
  PoolOptions &
  Required<Omit<PoolOptions, 'logger' | 'signal'>>;
