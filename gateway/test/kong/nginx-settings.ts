import { parse } from 'yaml';

/** What the Lua code of the nginx gateway is told: services by the first segment of their paths, plugins by name. */
export interface NginxSettings {
  readonly services: Readonly<Record<string, { readonly url: string; readonly read_timeout: number }>>;
  readonly plugins: Readonly<Record<string, unknown>>;
}

/** The plugins that run there. */
export const nginxPlugins: ReadonlySet<string> = new Set([
  'apikey-auth-plugin',
  'envelope-plugin',
  'correlation-id',
]);

interface Declared {
  services?: { url: string; read_timeout?: number; routes?: { paths?: string[] }[] }[];
  plugins?: { name: string; config?: unknown }[];
}

const boundedPrefix = /^~\/([^/]+)\(\?:\/\|\$\)$/;

/**
 * Reads as much of a declarative configuration as nginx serves here: services with a plain URL whose routes are
 * segment-bounded prefixes of one segment, and the plugins of {@link nginxPlugins}.
 * @throws {SyntaxError} for a path or a plugin of another kind
 */
export function toNginxSettings(declaration: string): NginxSettings {
  const { services = [], plugins = [] }: Declared = parse(declaration);
  const settings: {
    services: Record<string, { url: string; read_timeout: number }>;
    plugins: Record<string, unknown>;
  } = { services: {}, plugins: {} };
  for (const { url, read_timeout = 60_000, routes = [] } of services) {
    for (const path of routes.flatMap(({ paths = [] }) => paths)) {
      const [, segment] = boundedPrefix.exec(path) ?? [];
      if (segment === undefined) throw new SyntaxError(`nginx does not know paths like ${path} here`);
      settings.services[segment] = { url: url.replace(/\/$/, ''), read_timeout };
    }
  }
  for (const { name, config = {} } of plugins) {
    if (!nginxPlugins.has(name)) throw new SyntaxError(`nginx has no plugin ${name} here`);
    settings.plugins[name] = config;
  }
  return settings;
}
