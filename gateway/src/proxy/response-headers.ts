import type { AnswerHead } from '../http1/client-answer.ts';
import type { AnswerLines } from '../http1/server-response.ts';
import type { AnswerHeader } from './answer-header.ts';
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

/** Whether the gateway says this itself. */
function isOwn(name: string, own: readonly AnswerHeader[]): boolean {
  for (let i = 0; i < own.length; i++) if (own[i]?.name === name) return true;
  return false;
}

/**
 * The headers of a service's answer as the client gets them, in lines. `own` are the gateway's; the service's of the same
 * name give way.
 */
export function toClientLines(
  { fields, connection }: AnswerHead,
  requestId: string,
  own: readonly AnswerHeader[],
): AnswerLines {
  const named = namesOf(connection);
  let dated = isOwn('date', own);
  let measured = false;
  const kept = fields.linesWithout((name) => {
    if (dropped.has(name) || named.has(name) || (isOwn(name, own) && !lists.has(name))) return true;
    dated ||= name === 'date';
    measured ||= name === 'content-length';
    return false;
  });
  let lines = `${kept}x-request-id: ${requestId}\r\nx-content-type-options: nosniff\r\n`;
  for (let i = 0; i < own.length; i++) lines += own[i]?.line;
  return { lines, dated, measured };
}
