import { createEntityTag, hasEntityTag } from '../entity-tag.ts';
import type { Mount } from '../routes.ts';
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
export function serveDocument(
  router: { readonly mount: Mount },
  path: string,
  document: () => JsonObject,
): void {
  let written: Written | undefined;
  router.mount('GET', path, (exchange) => {
    written ??= write(document());
    const { text, etag } = written;
    const headers = ['etag', etag, 'cache-control', 'no-cache'];
    if (hasEntityTag(exchange.headers['if-none-match'], etag)) {
      exchange.send(304, headers, '');
      return;
    }
    exchange.send(200, [...headers, 'content-type', 'application/json; charset=utf-8'], text);
  });
}
