import type { ServerName } from './definition.ts';

/** What an address of a server that runs already may be, so that nothing in it is dropped on the way to a service. */
interface AddressRule {
  /** The environment's name for it. */
  readonly variable: string;
  readonly schemes: readonly string[];
  /** What it looks like, for people. */
  readonly shape: string;
  /** One URL for each member of the address: the URL of the platform knows no lists. */
  members?(text: string): string[];
  /** Why a URL that is well formed cannot be used here. */
  objection?(url: URL): string | undefined;
}

function postgresObjection({ search, hash, username, password }: URL): string | undefined {
  if (search + hash !== '') return 'parameters (?sslmode=... and the like) are not supported here';
  return username === '' || password === '' ? 'the user or the password is missing' : undefined;
}

function redisObjection({ protocol, pathname, search, hash, username }: URL): string | undefined {
  if (protocol === 'rediss:') return 'TLS (rediss://) is not supported here';
  if (pathname.length > 1) return 'a database is not chosen here: each service has a number of its own';
  if (search + hash !== '') return 'parameters are not supported here';
  if (username !== '' && username !== 'default') return 'users are not supported here, only a password';
  return undefined;
}

const rules: Record<ServerName, AddressRule> = {
  nats: {
    variable: 'NATS_URL',
    schemes: ['nats:', 'tls:'],
    shape: 'nats://host:4222, several separated by commas',
    members: (text) => text.split(',').map((part) => part.trim()),
  },
  postgres: {
    variable: 'POSTGRES_URL',
    schemes: ['postgres:', 'postgresql:'],
    shape: 'postgres://user:password@host:5432/database',
    objection: postgresObjection,
  },
  redis: {
    variable: 'REDIS_URL',
    schemes: ['redis:', 'rediss:'],
    shape: 'redis://:password@host:6379',
    objection: redisObjection,
  },
  mongo: {
    variable: 'MONGO_URL',
    schemes: ['mongodb:', 'mongodb+srv:'],
    shape: 'mongodb://user:password@host:27017/database',
    members: withSingleHosts,
  },
};

/** `mongodb://a,b/x` as `mongodb://a/x` and `mongodb://b/x`. */
function withSingleHosts(text: string): string[] {
  const [, before = '', hosts = '', after = ''] = /^([^/]*\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/.exec(text) ?? [];
  return hosts.split(',').map((host) => before + host + after);
}

function decodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function wellFormed(text: string, { schemes }: AddressRule): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, hash } = new URL(text);
  // An @ behind the host is the end of a password with a bare / or # in it.
  const whole = hostname !== '' && !(pathname + hash).includes('@');
  return whole && schemes.includes(protocol) && [username, password, pathname].every(decodable);
}

function complaint(name: ServerName): string | undefined {
  const rule = rules[name];
  const text = process.env[rule.variable] ?? '';
  if (text === '') return undefined;
  const members = rule.members?.(text) ?? [text];
  const why = members.every((member) => wellFormed(member, rule))
    ? members.map((member) => rule.objection?.(new URL(member))).find((objection) => objection !== undefined)
    : `it is no address of ${name}`;
  // The value is not shown: it may hold a password.
  return why === undefined
    ? undefined
    : `${rule.variable} cannot be used: ${why}. It must look like ${rule.shape}`;
}

/** The address that the environment gives for a server that runs already; undefined when it gives none. */
export function givenAddress(name: ServerName): string | undefined {
  return process.env[rules[name].variable] || undefined;
}

/** @throws Error that names every variable of these servers whose address cannot be used, and what it must look like */
export function checkGivenAddresses(servers: readonly ServerName[]): void {
  const complaints = servers.map(complaint).filter((line) => line !== undefined);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** The same address for this database, unless it names one itself. */
export function withDatabase(address: string, database: string): string {
  const named = address.replace(/^([^/]*\/\/[^/?#]*)\/?(?=$|[?#])/, `$1/${database}`);
  // A MongoDB user of an address without a database belongs to admin; with one he would be looked for there.
  const keepsUser =
    named === address || !/^mongodb.*:\/\/[^/]*@/.test(address) || /[?&]authSource=/.test(address);
  return keepsUser ? named : `${named}${named.includes('?') ? '&' : '?'}authSource=admin`;
}

/** The same address for this database, whatever it names itself; a MongoDB user stays where he was looked for. */
export function inDatabase(address: string, database: string): string {
  const [, before = '', named = '', after = ''] = /^([^/]*\/\/[^/?#]*)\/?([^?#]*)(.*)$/.exec(address) ?? [];
  if (named === '') return withDatabase(address, database);
  const source = /^mongodb.*:\/\/[^/]*@/.test(address) && !/[?&]authSource=/.test(after);
  const grown = `${after}${after === '' ? '?' : '&'}authSource=${named}`;
  return `${before}/${database}${source ? grown : after}`;
}

/** An address for the eyes, of one host or several: without passwords. */
export function withoutPassword(address: string): string {
  const shown = address.replace(/\/\/([^/?#]*)@/g, (_, credentials: string) => {
    const [user = ''] = credentials.split(':');
    return user === '' ? '//' : `//${user}@`;
  });
  return shown.replace(/\/$/, '');
}

/** An address of several hosts (MongoDB's replica sets) with the first of them alone. */
export function withFirstHost(address: string): string {
  return withSingleHosts(address)[0] ?? address;
}
