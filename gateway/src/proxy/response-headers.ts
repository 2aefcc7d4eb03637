import type { IncomingHttpHeaders } from 'node:http';

const noNames: ReadonlySet<string> = new Set();
/** Hop-by-hop (RFC 9110 section 7.6.1), banners, and what the gateway sets itself. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-content-type-options',
  'x-powered-by',
  'x-request-id',
]);

function namesOf(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return noNames;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

/**
 * The headers of a service's answer as the client gets them: name, value, name, value. `own` are the gateway's, in the
 * same form; the service's of the same name give way.
 */
export function toClientHeaders(
  headers: IncomingHttpHeaders,
  requestId: string,
  own: readonly string[],
  close: boolean,
): string[] {
  const named = namesOf(headers.connection);
  const sent: string[] = [];
  for (const name in headers) {
    if (dropped.has(name) || named.has(name) || (own.length > 0 && own.includes(name))) continue;
    const value = headers[name];
    if (typeof value === 'string') sent.push(name, value);
    else for (const one of value ?? []) sent.push(name, one);
  }
  sent.push('x-request-id', requestId, 'x-content-type-options', 'nosniff', ...own);
  if (close) sent.push('connection', 'close');
  return sent;
}
