import { randomBytes, randomUUID } from 'node:crypto';
import { openPostgres, type Postgres, sql } from '@tsmicro/postgres';
import { startPostgres } from '@tsmicro/stack';
import { gomicroTables } from '../../services/auth/test/gomicro-tables.ts';
import type { GomicroSession } from './token.ts';

/** An account as gomicro keeps it; the hash is bcrypt's, of cost 5, as Go's library writes it. */
export interface GomicroUser {
  id: string;
  email: string;
  password: string;
  hash: string;
  name: string;
  profilePicUrl?: string;
  active: boolean;
  roles: readonly string[];
}

/** The accounts: hashed by libxcrypt, so that it is not our own library that reads what it wrote. */
export const gomicroUsers = {
  author: {
    id: randomUUID(),
    email: 'Gina@Example.com',
    password: 'written in Go',
    hash: '$2a$05$Hd8sKq2PvXo4RtUy6JmGauehziUhuOAW.isOjUE9fHhjYgeviW/cy',
    name: 'Gina Gopher',
    profilePicUrl: 'https://example.com/gina.png',
    active: true,
    roles: ['LEARNER', 'AUTHOR'],
  },
  editor: {
    id: randomUUID(),
    email: 'ed@example.com',
    password: 'an editor in Go',
    hash: '$2a$05$Lb5nWf7CzAe3SgIj1VkDwOf12At3La4dgs4I1Kp./5KvIeOGK6S.S',
    name: 'Ed Editor',
    active: true,
    roles: ['EDITOR'],
  },
  leaver: {
    id: randomUUID(),
    email: 'lou@example.com',
    password: 'changeit',
    hash: '$2a$05$Zx9mQ3vYk1LrWc7Tn5bEaervBvgg2CWXkZ/Kd5gy.mvOnaJT0bEhO',
    name: 'Lou Leaver',
    active: false,
    roles: ['LEARNER'],
  },
} as const satisfies Record<string, GomicroUser>;

/** API keys of gomicro's, in clear: one in force, one that was revoked. */
export const gomicroApiKeys = {
  vendor: randomBytes(24).toString('hex'),
  revoked: randomBytes(24).toString('hex'),
};

/** A PostgreSQL database as gomicro has left it, on the tests' server or one of its own. */
export interface GomicroAuth extends AsyncDisposable {
  /** The URL of the role that owns it. */
  url: string;
  database: Postgres<unknown>;
}

/** Makes the database with its role, and fills it. */
export async function openGomicroAuth(sessions: readonly GomicroSession[]): Promise<GomicroAuth> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ url: process.env.POSTGRES_URL, durable: false }));
  const admin = opening.use(await openPostgres<unknown>(addressOf(server.url)));
  const execute = (statement: string) => sql.raw(statement).execute(admin.db);
  const name = `gomicro_${randomBytes(6).toString('hex')}`;
  await execute(`create role ${name} login password 'changeit'`);
  opening.defer(async () => void (await execute(`drop role ${name}`)));
  await execute(`create database ${name} owner ${name}`);
  opening.defer(async () => void (await execute(`drop database ${name} with (force)`)));
  const url = new URL(server.url);
  Object.assign(url, { username: name, password: 'changeit', pathname: `/${name}` });
  const database = opening.use(await openPostgres<unknown>({ ...addressOf(url.href), maxPoolSize: 2 }));
  await fill(database, sessions);
  const opened = opening.move();
  return { url: url.href, database, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function addressOf(text: string) {
  const { hostname, port, username, password, pathname } = new URL(text);
  return {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
}

async function fill({ db }: Postgres<unknown>, sessions: readonly GomicroSession[]): Promise<void> {
  await sql.raw(gomicroTables).execute(db);
  const { vendor, revoked } = gomicroApiKeys;
  await sql`
    insert into api_keys (key, permissions, comments, version, status)
    values (${vendor}, '{GENERAL}', '{vendor}', 1, true), (${revoked}, '{GENERAL}', '{}', 1, false)
  `.execute(db);
  const users: readonly GomicroUser[] = Object.values(gomicroUsers);
  for (const { id, email, hash, name, profilePicUrl, active, roles } of users) {
    await sql`
      insert into users (id, email, password, name, profile_pic_url, verified, status)
      values (${id}, ${email}, ${hash}, ${name}, ${profilePicUrl ?? null}, false, ${active})
    `.execute(db);
    await sql`
      insert into user_roles (user_id, role_id) select ${id}, id from roles where code = any(${roles})
    `.execute(db);
  }
  for (const { userId, primaryKey, secondaryKey } of sessions) {
    await sql`
      insert into keystore (user_id, p_key, s_key) values (${userId}, ${primaryKey}, ${secondaryKey})
    `.execute(db);
  }
}
