/** One kind of request in a mix. */
export interface Kind {
  readonly name: string;
  /** How often it comes, relative to the others. */
  readonly weight: number;
  /** The bytes of the request. */
  readonly request: string;
}

/** What a load is to do. */
export interface Plan {
  readonly port: number;
  readonly kinds: readonly Kind[];
  /** Requests that may be unanswered at once, each on a connection of its own. */
  readonly connections: number;
  readonly durationMs: number;
  /** Requests a second, whatever becomes of them; without it each connection sends its next once it has its answer. */
  readonly ratePerSec?: number;
}

/** A request as text; a body is sent as JSON. */
export function requestText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): string {
  const json = body === undefined ? '' : JSON.stringify(body);
  const all = {
    host: 'gateway',
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${json}`;
}
