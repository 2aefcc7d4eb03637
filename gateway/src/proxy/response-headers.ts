import type { AnswerHead } from '../http1/client-answer.ts';

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

/** What the gateway says besides the service, not instead of it. */
const lists: ReadonlySet<string> = new Set(['set-cookie', 'vary']);

function namesOf(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return noNames;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

/** Adds the gateway's headers that have a value. */
export function pushOwnHeaders(sent: string[], own: readonly string[]): void {
  for (let i = 0; i < own.length; i += 2) {
    const value = own[i + 1];
    if (value) sent.push(own[i] ?? '', value);
  }
}

/**
 * The headers of a service's answer as the client gets them: name, value, name, value. `own` are the gateway's, in the
 * same form; the service's of the same name give way.
 */
export function toClientHeaders(
  { fields, connection }: AnswerHead,
  requestId: string,
  own: readonly string[],
  close: boolean,
): string[] {
  const named = namesOf(connection);
  const sent: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? '';
    if (dropped.has(name) || named.has(name) || (own.includes(name) && !lists.has(name))) continue;
    sent.push(name, fields[i + 1] ?? '');
  }
  sent.push('x-request-id', requestId, 'x-content-type-options', 'nosniff');
  pushOwnHeaders(sent, own);
  if (close) sent.push('connection', 'close');
  return sent;
}
