// How a service or a site tells the stack what it wants: the field `tsmicro` of its package.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';

/** How far above a service's port that of its metrics is: 8001 has 9101. */
export const metricsOffset = 1_100;
const highestPort = 65_535 - metricsOffset;
/** Redis has 16; the last one is for the gateway's counts of requests. */
const redisDatabases = 15;

const needs = ['nats', 'postgres', 'mongo', 'redis', 'keys', 'grants'] as const;

/** Where services and sites are. */
const rooms = ['services', 'sites'] as const;

/** What a service may want: servers, the RSA key pair that signs tokens, the API keys that others were given. */
export type Need = (typeof needs)[number];

/** The field `tsmicro` as it is written. */
const Declaration = Type.Object({
  port: Type.Integer({ minimum: 1, maximum: highestPort }),
  needs: Type.Optional(Type.Array(Type.Enum([...needs]), { uniqueItems: true })),
  database: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })),
  redisDatabase: Type.Optional(Type.Integer({ minimum: 0, maximum: redisDatabases - 1 })),
  routed: Type.Optional(Type.Boolean()),
  site: Type.Optional(Type.String({ pattern: '^/[a-z0-9/-]*$' })),
  apiKey: Type.Optional(Type.String({ pattern: '^[A-Z][A-Z0-9_]{0,49}$' })),
  observes: Type.Optional(Type.Boolean()),
});
type Declaration = Static<typeof Declaration>;

/** What each field may be, for people. */
const meanings: Readonly<Record<keyof Declaration, string>> = {
  port: `a port from 1 to ${highestPort}`,
  needs: `a list of ${needs.join(', ')}, each once`,
  database: 'a name such as orders, in lower case',
  redisDatabase: `a number from 0 to ${redisDatabases - 1}`,
  routed: 'true, or false for a service without a route at the gateway',
  site: 'the path at the gateway where people begin, such as /',
  apiKey: 'the permission of its API key at the gateway, such as FRONT',
  observes: 'true for who may see what all others do',
};

/** A service with all it has told or left open. */
export interface DeclaredService {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly needs: readonly Need[];
  readonly database: string;
  readonly redisDatabase: number;
  readonly routed: boolean;
  /** Of a site, the path at the gateway where people begin. */
  readonly site: string | undefined;
  /** The permission of its API key, for who asks the gateway. */
  readonly apiKey: string | undefined;
  /** Whether it may see what all others do. */
  readonly observes: boolean;
}

/** Names of processes, and of fields in addresses.json. */
const takenNames = [
  'gateway',
  'stack',
  'launcher',
  'nats',
  'postgres',
  'redis',
  'mongo',
  'pids',
  'metrics',
  'databases',
  'instances',
  // Users of NATS.
  'operator',
  'setup',
  // Subjects of NATS that are nobody's own.
  'events',
  'parked',
  'again',
  'sight',
];

function readField(file: string): unknown {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return content !== null && typeof content === 'object' && 'tsmicro' in content
    ? content.tsmicro
    : undefined;
}

function faultsOf(name: string, value: unknown): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return ['"tsmicro" must be an object such as {"port": 8005, "needs": ["postgres"]}'];
  const faults: string[] = [];
  // `orders-2` is the second instance of `orders`.
  if (takenNames.includes(name) || !/^[a-z][a-z0-9-]*$/.test(name) || /-\d+$/.test(name))
    faults.push(`a service cannot be called ${name}: choose another folder`);
  const given = new Map(Object.entries(value));
  for (const field of given.keys()) {
    if (!Object.hasOwn(meanings, field))
      faults.push(`"tsmicro.${field}" is no field; there are ${Object.keys(meanings).join(', ')}`);
  }
  for (const [field, schema] of Object.entries(Declaration.properties)) {
    const content = given.get(field);
    if (content === undefined ? field === 'port' : !Check(schema, content))
      faults.push(`"tsmicro.${field}" must be ${meanings[field as keyof Declaration]}`);
  }
  const wants: unknown = given.get('needs');
  if (Array.isArray(wants) && wants.includes('postgres') && wants.includes('mongo'))
    faults.push('"tsmicro.needs" has postgres and mongo: a service has one database');
  return faults;
}

/** The lowest numbers that nobody has declared, in order. */
function* freeNumbers(declared: ReadonlySet<number>): Generator<number, void> {
  for (let number = 0; number < redisDatabases; number++) if (!declared.has(number)) yield number;
}

/** What no two services may have both: the field, and its value for one service. */
const claims: Readonly<Record<string, (declaration: Declaration, name: string) => unknown>> = {
  port: ({ port }) => port,
  redisDatabase: ({ redisDatabase }) => redisDatabase,
  database({ needs: wants = [], database }, name) {
    const server = wants.find((need) => need === 'postgres' || need === 'mongo');
    return server && `${database ?? name} of ${server}`;
  },
};

/** A declaration and the folder that it is of, as in `services/auth`. */
type Declared = readonly [place: string, declaration: Declaration];

function clashes(declared: readonly Declared[]): string[] {
  const complaints: string[] = [];
  for (const [field, claimOf] of Object.entries(claims)) {
    const owners = new Map<unknown, string>();
    for (const [place, declaration] of declared) {
      const value = claimOf(declaration, basename(place));
      const owner = owners.get(value);
      owners.set(value, owner ?? place);
      if (value !== undefined && owner !== undefined)
        complaints.push(`${place}/package.json: "tsmicro.${field}" ${value} belongs to ${owner} already`);
    }
  }
  const places = new Map<string, string>();
  for (const [place] of declared) {
    const owner = places.get(basename(place));
    if (owner !== undefined)
      complaints.push(`${place} cannot be called like ${owner}: choose another folder`);
    places.set(basename(place), place);
  }
  return complaints;
}

function complete(root: string, declared: readonly Declared[]): DeclaredService[] {
  const numbers = freeNumbers(new Set(declared.flatMap(([, { redisDatabase }]) => redisDatabase ?? [])));
  return declared
    .toSorted(([, a], [, b]) => a.port - b.port)
    .map(([place, declaration]) => {
      const name = basename(place);
      const { port, needs: wants = [], database = name, redisDatabase, routed = true } = declaration;
      const { site, apiKey, observes = false } = declaration;
      const number = wants.includes('redis') ? (redisDatabase ?? numbers.next().value) : 0;
      if (number === undefined)
        throw new Error(`${place}/package.json: all ${redisDatabases} databases of Redis are taken`);
      return {
        name,
        folder: join(root, place),
        port,
        needs: wants,
        database,
        redisDatabase: number,
        routed,
        site,
        apiKey,
        observes,
      };
    });
}

/** The folders of a room, as in `services/auth`; none where there is no such room. */
function placesIn(root: string, room: string): string[] {
  const folder = join(root, room);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${room}/${name}`) : [];
}

/**
 * The services and sites of this project, by port: every folder of `services/` and `sites/` whose package.json has the
 * field `tsmicro`.
 * @throws Error that names every file and field that is wrong
 */
export function readDeclarations(root: string): DeclaredService[] {
  const complaints: string[] = [];
  const declared: Declared[] = [];
  for (const place of rooms.flatMap((room) => placesIn(root, room))) {
    const file = `${place}/package.json`;
    try {
      const value = readField(join(root, file));
      if (value === undefined) continue;
      const faults = faultsOf(basename(place), value);
      complaints.push(...faults.map((fault) => `${file}: ${fault}`));
      if (faults.length === 0 && Check(Declaration, value)) declared.push([place, value]);
    } catch (error) {
      if (error instanceof SyntaxError) complaints.push(`${file} is no JSON: ${error.message}`);
      else if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  complaints.push(...clashes(declared));
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return complete(root, declared);
}
