import type { Environment } from './definition.ts';
import { withFirstHost } from './given-address.ts';
import type { Instance } from './instance.ts';

function part(text: string): string | undefined {
  return text === '' ? undefined : decodeURIComponent(text);
}

/** A connection URL in the parts that the services' environment wants; undefined takes a variable away. */
export function urlParts(url: string | undefined, usualPort: number) {
  const { hostname, port, username, password, pathname } = new URL(withFirstHost(url ?? 'none://127.0.0.1'));
  return {
    host: hostname,
    port: port === '' ? String(usualPort) : port,
    user: part(username),
    password: part(password),
    database: part(pathname.replace(/^\//, '')),
  };
}

/** The environment of a service: defaults, over them what the person's environment says, over that our addresses. */
export function mergeEnvironment(
  defaults: Environment,
  person: NodeJS.ProcessEnv,
  ours: Environment,
): NodeJS.ProcessEnv {
  const given = Object.fromEntries(Object.entries(person).filter(([, value]) => value !== ''));
  const merged = { ...defaults, ...given, ...ours };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** Where an instance listens, and where it shows its metrics. */
export function listenEnvironment(host: string, { port, metricsPort }: Instance): Environment {
  return { SERVER_HOST: host, SERVER_PORT: String(port), METRICS_PORT: String(metricsPort) };
}

/** Variables as a file of lines `NAME=value`, which debuggers and shells read. */
export function formatEnvironment(variables: Environment): string {
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}\n`],
  );
  return lines.join('');
}
