// The law of arrows: reads the tables of docs/architecture.md and holds imports against them.
import { posix } from 'node:path';

/** The law as the tables state it. */
export interface Law {
  /** Room → the rooms it may import. */
  arrows: Map<string, Set<string>>;
  /** Role → what files of that role may import. */
  roles: Map<string, Set<string>>;
  /** Service or site → its features, from the highest floor down; sisters share a floor. */
  floors: Map<string, string[][]>;
  /** Library → the paths (with `*` for one folder) that may import it. */
  drivers: Map<string, string[]>;
}

/** One import: the file, and what it names. */
export interface Import {
  file: string;
  specifier: string;
}

/** The rows of the first table below a heading, as cells. */
function tableBelow(page: string, heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  if (rows.length < 3) throw new Error(`docs/architecture.md has no table below "${heading}"`);
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const list = (cell = '') =>
  cell
    .split(',')
    .map((part) => part.trim().replaceAll('`', ''))
    .filter((part) => part !== '');

/** Reads the law from the page. @throws when a table is missing */
export function readLaw(page: string): Law {
  const setTable = (heading: string) =>
    new Map(tableBelow(page, heading).map(([key = '', cell]) => [key, new Set(list(cell))]));
  const floors = new Map<string, string[][]>();
  for (const [service = '', cell = ''] of tableBelow(page, 'Floors')) {
    const parts = cell.match(/\([^)]*\)|[^,()]+/g) ?? [];
    floors.set(
      service,
      parts.map((part) => list(part.replace(/[()]/g, ''))).filter((floor) => floor.length > 0),
    );
  }
  const drivers = new Map<string, string[]>();
  for (const [libraries = '', places] of tableBelow(page, 'Drivers')) {
    for (const library of list(libraries)) drivers.set(library, list(places));
  }
  return { arrows: setTable('Arrows'), roles: setTable('Roles'), floors, drivers };
}

/** "packages/network/src/router.ts" lies in the room "packages/network"; gateway and stack are rooms themselves. */
function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'gateway' || first === 'stack' ? first : `${first}/${second}`;
}

/** "@tsmicro/contracts-auth" is the room contracts/auth; "@tsmicro/redis" is packages/redis. */
function roomOfPackage(specifier: string, law: Law): string | undefined {
  const name = /^@tsmicro\/([a-z-]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  const candidates = [name.replace('contracts-', 'contracts/'), `packages/${name}`, `services/${name}`];
  return candidates.find((room) => law.arrows.has(room)) ?? name;
}

const wiring = new Set(['main', 'server', 'module', 'config']);

/** Where a file of a service stands: its feature (none for wiring) and its role. */
function placeOf(
  path: string,
  law: Law,
): { service: string; feature: string | undefined; role: string } | undefined {
  const [, service, feature, file] = /^services\/([^/]+)\/src\/(?:([^/]+)\/)?([^/]+)\.ts$/.exec(path) ?? [];
  if (service === undefined || file === undefined) return undefined;
  const isRole = feature === undefined ? wiring.has(file) : !wiring.has(file) && law.roles.has(`${file}.ts`);
  return { service, feature, role: isRole ? `${file}.ts` : 'noun' };
}

/** What a feature of a site may import of the site: it has no roles, only floors. */
const ofSite: ReadonlySet<string> = new Set(['own noun', 'lower noun', 'noun']);

/** Where a file of a site stands; a feature's own folders are part of it. */
function placeInSite(
  path: string,
): { service: string; feature: string | undefined; role: string } | undefined {
  const [, service, feature, file] = /^sites\/([^/]+)\/src\/(?:([^/]+)\/)?(.+)\.ts$/.exec(path) ?? [];
  if (service === undefined || file === undefined) return undefined;
  return { service, feature, role: feature === undefined && wiring.has(file) ? `${file}.ts` : 'noun' };
}

const bare = (role: string) => role.replace(/\.ts$/, '');

/** What importing one file of a service from another is called in the table of roles. */
function relation(
  from: { service: string; feature: string | undefined },
  to: { feature: string | undefined; role: string },
  law: Law,
): string {
  if (to.feature === undefined) return bare(to.role);
  if (from.feature === undefined) return 'every feature';
  if (from.feature === to.feature) return `own ${bare(to.role)}`;
  const floors = law.floors.get(from.service) ?? [];
  const floorOf = (feature: string) => floors.findIndex((floor) => floor.includes(feature));
  const [mine, theirs] = [floorOf(from.feature), floorOf(to.feature)];
  if (mine === -1 || theirs === -1)
    return `a feature without a floor (${mine === -1 ? from.feature : to.feature})`;
  if (mine === theirs) return `sister ${bare(to.role)}`;
  return `${mine < theirs ? 'lower' : 'higher'} ${bare(to.role)}`;
}

/** What the table of roles calls a room: "packages/redis" is "redis", every contract is "contracts". */
const roomWord = (room: string) =>
  room.startsWith('contracts/') ? 'contracts' : room.replace('packages/', '');

/** The sentence about an import that breaks the law; undefined for one that keeps it. */
export function violation({ file, specifier }: Import, law: Law): string | undefined {
  const say = (rule: string) => `${file} imports ${specifier}: ${rule}`;
  const places = law.drivers.get(specifier);
  if (places !== undefined && !places.some((place) => matches(file, place))) {
    return say(`only ${places.join(', ')} may import ${specifier}`);
  }
  const room = roomOf(file);
  if (!law.arrows.has(room)) return say(`${room} is not in the table of arrows`);
  const from = placeOf(file, law);
  const may = from && law.roles.get(from.role);
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    if (roomOf(target) !== room) return say('another room is imported by its package name');
    const inSite = placeInSite(file);
    const toSite = placeInSite(target);
    if (inSite?.feature !== undefined && toSite !== undefined) {
      const word = relation(inSite, toSite, law);
      return ofSite.has(word) ? undefined : say(`${inSite.feature} may not import ${word}`);
    }
    const to = placeOf(target, law);
    if (from === undefined || to === undefined || may === undefined) return undefined;
    const word = relation(from, to, law);
    return may.has(word) ? undefined : say(`${from.role} may not import ${word}`);
  }
  const target = roomOfPackage(specifier, law);
  if (target === undefined) return undefined;
  if (!law.arrows.get(room)?.has(target)) return say(`no arrow leads from ${room} to ${target}`);
  if (may !== undefined && !may.has(roomWord(target)))
    return say(`${from?.role} may not import ${roomWord(target)}`);
  return undefined;
}

function matches(file: string, place: string): boolean {
  const pattern = place
    .split('*')
    .map((part) => part.replaceAll('.', '\\.'))
    .join('[^/]+');
  return new RegExp(`^${pattern}(?:$|/)`).test(file);
}
