// The body of a request that wants one: JSON within bounds, read as it comes off the socket.
import type { IncomingMessage } from 'node:http';
import { ApiError, badRequest } from './errors.ts';
import { parseJson } from './json.ts';

const maxBodyBytes = 1024 * 1024;
const jsonType = /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i;

const tooLarge = () => new ApiError(413, 'body is too large');

/** Whether a body is announced; without one, and without a declared type, nothing has to be read. */
function announcesBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Reads the body and hands its value on; undefined for an empty one. A body without a declared type counts as JSON. What
 * is refused is still taken off the socket and thrown away, so that the answer reaches the client.
 * @param done called once, with an ApiError (400, 413, 415) or the value; 400 also when the client leaves in the middle
 */
export function readBody(
  request: IncomingMessage,
  done: (error: ApiError | undefined, value?: unknown) => void,
): void {
  const { headers } = request;
  if (!announcesBody(request)) {
    done(undefined);
    return;
  }
  const refuse = (error: ApiError) => {
    request.removeListener('data', take).removeListener('end', finish).removeListener('close', cut);
    request.resume();
    done(error);
  };
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBodyBytes) refuse(tooLarge());
    else chunks.push(chunk);
  };
  const finish = () => {
    let value: unknown;
    try {
      const [only] = chunks;
      value = parseJson(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size));
    } catch (error) {
      done(error instanceof ApiError ? error : badRequest('malformed request', { cause: error }));
      return;
    }
    done(undefined, value);
  };
  const cut = () => {
    if (!request.complete) done(badRequest('body was cut off'));
  };
  if (!jsonType.test(headers['content-type'] ?? 'application/json')) {
    refuse(new ApiError(415, 'body must be application/json'));
  } else if (Number(headers['content-length']) > maxBodyBytes) {
    refuse(tooLarge());
  } else {
    request.on('data', take).on('end', finish).on('close', cut);
  }
}
