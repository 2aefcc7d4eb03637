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
 * Reads a body of at most 1 MiB. What is refused is still taken off the socket and thrown away, so that the answer reaches
 * the client.
 * @param done called once, with an ApiError (413; 400 when the client leaves in the middle) or the bytes
 */
export function readBytes(
  request: IncomingMessage,
  done: (error: ApiError | undefined, bytes?: Buffer) => void,
): void {
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
    const [only] = chunks;
    done(undefined, chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size));
  };
  const cut = () => {
    if (!request.complete) done(badRequest('body was cut off'));
  };
  if (Number(request.headers['content-length']) > maxBodyBytes) refuse(tooLarge());
  else request.on('data', take).on('end', finish).on('close', cut);
}

/**
 * Reads a body of JSON and hands its value on; undefined for an empty one. A body without a declared type counts as JSON.
 * @param done called once, with an ApiError (400, 413, 415) or the value
 */
export function readBody(
  request: IncomingMessage,
  done: (error: ApiError | undefined, value?: unknown) => void,
): void {
  if (!announcesBody(request)) {
    done(undefined);
    return;
  }
  if (!jsonType.test(request.headers['content-type'] ?? 'application/json')) {
    request.resume();
    done(new ApiError(415, 'body must be application/json'));
    return;
  }
  readBytes(request, (error, bytes) => {
    if (error !== undefined) {
      done(error);
      return;
    }
    let value: unknown;
    try {
      value = parseJson(bytes ?? Buffer.alloc(0));
    } catch (failure) {
      done(failure instanceof ApiError ? failure : badRequest('malformed request', { cause: failure }));
      return;
    }
    done(undefined, value);
  });
}
