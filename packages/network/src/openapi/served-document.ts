import type { FastifyInstance } from 'fastify';
import { createEntityTag, hasEntityTag } from '../entity-tag.ts';
import { conclude, openContext } from '../exchange.ts';
import type { JsonObject } from './schema-book.ts';

interface Written {
  readonly text: string;
  readonly etag: string;
}

function write(document: JsonObject): Written {
  const text = JSON.stringify(document);
  return { text, etag: createEntityTag(text) };
}

/**
 * Serves a document at `path`, outside the envelope, open to all. It is written once, when it is first asked for: a start
 * takes no longer for it, and a service that nobody asks does not hold it.
 */
export function serveDocument(engine: FastifyInstance, path: string, document: () => JsonObject): void {
  let written: Written | undefined;
  engine.get(
    path,
    { onResponse: async (request, reply) => conclude(request, reply.statusCode, undefined) },
    async (request, reply) => {
      openContext(request, reply);
      written ??= write(document());
      reply.headers({
        etag: written.etag,
        'cache-control': 'no-cache',
        'x-request-id': request.id,
        'x-content-type-options': 'nosniff',
      });
      if (hasEntityTag(request.headers['if-none-match'], written.etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(written.text);
    },
  );
}
