import type { Exchange } from './exchange.ts';

/** A body that is no longer than this is read and thrown away, to keep the connection. */
const discardedBytes = 64 * 1024;
const lingerBytes = 16 * 1024 * 1024;
const lingerMs = 2_000;

/** Whether an answer sent now comes before a body that is not worth waiting for: then the connection is closed. */
export function leavesBodyUnread(exchange: Exchange): boolean {
  const { request, headers } = exchange;
  if (headers.bodyLength === 0 || request.complete) return false;
  return headers.expectsContinue || headers.bodyLength === -1 || headers.bodyLength > discardedBytes;
}

/**
 * Ends a response, with `last` as the end of its body, a text of one byte a character where it is short. When a long body is still arriving, the connection stays open
 * a moment longer: closing a socket with unread bytes resets it, and the client could lose the answer it has not
 * read yet (RFC 9112 section 9.6).
 */
export function endResponse(exchange: Exchange, last: Buffer | string): void {
  const { request, response, headers } = exchange;
  if (
    headers.bodyLength === 0 ||
    request.complete ||
    request.destroyed ||
    !leavesBodyUnread(exchange) ||
    (headers.expectsContinue && !exchange.bodyTaken)
  ) {
    if (typeof last === 'string') response.endWith(last);
    else response.end(last);
    return;
  }
  response.write(typeof last === 'string' ? Buffer.from(last, 'latin1') : last);
  let left = lingerBytes;
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  request.read({
    data(piece) {
      left -= piece.length;
      if (left < 0) end();
    },
    end,
    abort: end,
  });
}
