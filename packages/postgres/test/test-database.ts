import { randomBytes } from 'node:crypto';
import { startPostgres } from '@tsmicro/stack';
import pg from 'pg';
import type { PostgresAddress } from '../src/index.ts';

export interface TestDatabase extends AsyncDisposable {
  address: PostgresAddress;
}

export function toAddress(url: string): PostgresAddress {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database of its own, dropped afterwards: on the server of POSTGRES_URL, else on one started for it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = await startPostgres({ url: process.env.POSTGRES_URL, durable: false });
  const database = `test_${randomBytes(8).toString('hex')}`;
  await execute(server.url, `create database ${database}`);
  return {
    address: { ...toAddress(server.url), database },
    async [Symbol.asyncDispose]() {
      await execute(server.url, `drop database ${database} with (force)`);
      await server[Symbol.asyncDispose]();
    },
  };
}
