// Reads compose files as Docker Compose does, as far as ours need it: merge keys, `extends` into another file (mappings are
// merged, lists joined) and `!override`. https://github.com/compose-spec/compose-spec/blob/main/spec.md
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/** A service of a compose file, in the form that ours are written in. */
export interface ComposeService {
  image?: string;
  build?: { context: string; dockerfile?: string; args?: Record<string, string> };
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  environment?: Record<string, string>;
  secrets?: (string | { source: string; target: string })[];
  ports?: string[];
  volumes?: string[];
  networks?: string[] | Record<string, { aliases?: string[] }>;
  network_mode?: string;
  depends_on?: Record<string, { condition: string }>;
  command?: string;
  healthcheck?: { test: string[] };
  logging?: { driver: string; options: Record<string, string> };
  deploy?: { resources: { limits: Record<string, string | number> } };
  restart?: string;
  extends?: { file: string; service: string };
}

/** A compose file with everything that it extends in it. */
export interface ComposeFile {
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } }>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

type Mapping = Record<string, unknown>;

const override = Symbol('override');
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isMapping(below) || !isMapping(above) || override in above) return above;
  const merged: Mapping = { ...below };
  for (const [key, value] of Object.entries(above)) {
    merged[key] = key in below ? merge(below[key], value) : value;
  }
  return merged;
}

/** What YAML says, in the shape that the linter holds the file to. */
function parseFile(text: string): ComposeFile {
  return parse(text, {
    merge: true,
    customTags: [
      {
        tag: '!override',
        collection: 'map',
        resolve: (map) => ({ ...(map as { toJSON(): Mapping }).toJSON(), [override]: true }),
      },
    ],
  });
}

async function extended(dir: string, service: ComposeService): Promise<ComposeService> {
  if (service.extends === undefined) return service;
  const { extends: from, ...own } = service;
  const below = (await readComposeFile(join(dir, from.file))).services[from.service];
  if (below === undefined) throw new Error(`${from.file} has no service ${from.service}`);
  return merge(below, own) as ComposeService;
}

/** Reads a compose file. @throws when it extends what is not there */
export async function readComposeFile(path: string): Promise<ComposeFile> {
  const file = parseFile(await readFile(path, 'utf8'));
  const services: Record<string, ComposeService> = {};
  for (const [name, service] of Object.entries(file.services)) {
    services[name] = await extended(dirname(path), service);
  }
  return { ...file, services };
}

/** Where each secret of a service is found inside of its container, with the name of the secret. */
export function secretPaths({ secrets = [] }: ComposeService): Map<string, string> {
  return new Map(
    secrets.map((secret) => {
      const { source, target } = typeof secret === 'string' ? { source: secret, target: secret } : secret;
      return [target.startsWith('/') ? target : `/run/secrets/${target}`, source];
    }),
  );
}
