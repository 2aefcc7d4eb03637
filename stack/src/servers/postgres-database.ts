import { Client } from 'pg';

const timeoutMs = 10_000;

/** A database and the role that owns it. */
export interface Database {
  readonly database: string;
  readonly role: string;
  readonly password: string;
}

async function makeRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  const [name, secret] = [client.escapeIdentifier(role), client.escapeLiteral(password)];
  await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${secret}`);
}

async function makeDatabase(client: Client, database: string, role: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  const [name, owner] = [client.escapeIdentifier(database), client.escapeIdentifier(role)];
  if (rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${owner}`);
  // Else every role may look into every database.
  await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
}

/** The URL of this database for its role, on the server of `adminUrl`. */
export function databaseUrl(adminUrl: string, { database, role, password }: Database): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}

/** Makes the role and its database, closed to other roles, where they are missing, and gives the database's URL for that role. */
export async function createDatabase(adminUrl: string, wanted: Database): Promise<string> {
  const client = new Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    await makeRole(client, wanted.role, wanted.password);
    await makeDatabase(client, wanted.database, wanted.role);
  } finally {
    await client.end();
  }
  return databaseUrl(adminUrl, wanted);
}
