import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { JsonObject } from './schema-book.ts';

interface Written {
  readonly text: string;
  readonly etag: string;
}

function write(document: JsonObject): Written {
  const text = JSON.stringify(document);
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

/** Whether the client has this one already (RFC 9110, section 13.1.2). */
const names = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));

/**
 * Serves a document at `path`, outside the envelope, open to all. It is written once, when it is first asked for: a start
 * takes no longer for it, and a service that nobody asks does not hold it.
 */
export function serveDocument(engine: FastifyInstance, path: string, document: () => JsonObject): void {
  let written: Written | undefined;
  engine.get(path, async (request, answer) => {
    written ??= write(document());
    answer.headers({ etag: written.etag, 'cache-control': 'no-cache' });
    if (names(request.headers['if-none-match'], written.etag)) return answer.code(304).send();
    return answer.type('application/json; charset=utf-8').send(written.text);
  });
}
