import type { AnswerHead } from '../http1/client-answer.ts';
import { toFieldLines } from '../http1/field-lines.ts';
import type { AnswerLines } from '../http1/server-response.ts';
import { namesOf } from './request-headers.ts';

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

/** Adds the gateway's headers that have a value. */
export function pushOwnHeaders(sent: string[], own: readonly string[]): void {
  for (let i = 0; i < own.length; i += 2) {
    const value = own[i + 1];
    if (value) sent.push(own[i] ?? '', value);
  }
}

/**
 * The headers of a service's answer as the client gets them, in lines. `own` are the gateway's, name in lower case, value,
 * name, value; the service's of the same name give way.
 */
export function toClientLines(
  { fields, connection }: AnswerHead,
  requestId: string,
  own: readonly string[],
): AnswerLines {
  const named = namesOf(connection);
  let dated = own.includes('date');
  let measured = false;
  const kept = fields.linesWithout((name) => {
    if (dropped.has(name) || named.has(name) || (own.includes(name) && !lists.has(name))) return true;
    dated ||= name === 'date';
    measured ||= name === 'content-length';
    return false;
  });
  const more: string[] = [];
  pushOwnHeaders(more, own);
  const lines = `${kept}x-request-id: ${requestId}\r\nx-content-type-options: nosniff\r\n${toFieldLines(more)}`;
  return { lines, dated, measured };
}
