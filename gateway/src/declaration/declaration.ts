// Kong's declarative configuration, formats 1.1, 2.1 and 3.0: https://docs.konghq.com/gateway/latest/production/deployment-topologies/db-less-and-declarative-config/
// Supported is what this gateway acts on; everything else in the file is a complaint, never ignored.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { PluginKind } from '../plugin/plugin.ts';
import { DeclarationError } from './errors.ts';
import { Mapping, type Source } from './mapping.ts';
import { type PluginEntity, parsePlugins } from './plugin.ts';
import { parseService, type ServiceEntity } from './service.ts';
import { parseUpstream, type UpstreamEntity } from './upstream.ts';
import type { Environment } from './vault.ts';

/** What a kong.yml declares. */
export interface Declaration {
  readonly services: readonly ServiceEntity[];
  readonly upstreams: readonly UpstreamEntity[];
  /** The plugins that run on every route, unless a service or a route declares the same one. */
  readonly plugins: readonly PluginEntity[];
}

const formatVersions = ['1.1', '2.1', '3.0'];
/** Before 3.0 Kong took a path with any other character for a regular expression, without a mark. */
const plainPath = /^[A-Za-z0-9._~/%-]*$/;

function noteUnmarkedExpressions(
  services: readonly ServiceEntity[],
  file: string,
  complaints: string[],
): void {
  const paths = services.flatMap(({ routes }) => routes.flatMap((route) => route.paths));
  for (const { kind, text } of paths) {
    if (kind === 'regex' || plainPath.test(text)) continue;
    complaints.push(
      `${file}: path ${text} is a regular expression before format 3.0: declare 3.0 and mark it by ~`,
    );
  }
}

function noteTwins(
  owners: readonly { name: string }[],
  what: string,
  file: string,
  complaints: string[],
): void {
  const names = owners.map(({ name }) => name);
  const twins = new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index));
  for (const name of twins) complaints.push(`${file}: two ${what} are named ${name}`);
}

/**
 * Reads a declaration out of YAML; `kinds` are the plugins there are, `environment` what it may refer to.
 * @throws {DeclarationError} with every complaint, each with file, line and field
 */
export function parseDeclaration(
  yaml: string,
  file: string,
  kinds: readonly PluginKind[],
  environment: Environment = {},
): Declaration {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const complaints = document.errors.map(
    ({ message, pos }) => `${file}:${lines.linePos(pos[0]).line}: ${message}`,
  );
  if (complaints.length > 0) throw new DeclarationError(file, complaints);

  const source: Source = { file, document, lines, complaints, environment };
  const root = new Mapping(source, document.contents, '');
  const version = root.requiredText('_format_version');
  if (!formatVersions.includes(version) && root.has('_format_version')) {
    root.complain(
      '_format_version',
      `must be one of ${formatVersions.map((known) => `"${known}"`).join(', ')}`,
    );
  }
  root.flag('_transform');
  const services = root.mappings('services').map((service) => parseService(service, kinds));
  const upstreams = root.mappings('upstreams').map(parseUpstream);
  const plugins = parsePlugins(root, kinds, '');
  root.end();
  if (version !== '3.0') noteUnmarkedExpressions(services, file, complaints);
  noteTwins(services, 'services', file, complaints);
  noteTwins(upstreams, 'upstreams', file, complaints);
  noteTwins(
    services.flatMap(({ routes }) => routes),
    'routes',
    file,
    complaints,
  );
  if (complaints.length > 0) throw new DeclarationError(file, complaints);
  return { services, upstreams, plugins };
}

/** Reads a declaration from a file. @throws {DeclarationError} also when the file cannot be read */
export async function readDeclaration(
  path: string,
  kinds: readonly PluginKind[],
  environment: Environment = {},
): Promise<Declaration> {
  const yaml = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DeclarationError(path, [error instanceof Error ? error.message : String(error)]);
  });
  return parseDeclaration(yaml, basename(path), kinds, environment);
}

/** The services whose live instances a declaration asks for. */
export function servicesToDiscover({ services, upstreams }: Declaration): string[] {
  const named = [...services, ...upstreams].flatMap(({ discovered }) => discovered ?? []);
  return [...new Set(named)].sort();
}
