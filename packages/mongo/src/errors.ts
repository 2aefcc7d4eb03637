import {
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** MongoDB is away: refused, reset, shutting down, without a primary, or too many operations wait. */
export class MongoUnavailableError extends Error {
  override readonly name = 'MongoUnavailableError';
  readonly fault = 'unavailable';
}

/** An operation took longer than it may; whether a write took effect is unknown. */
export class MongoTimeoutError extends Error {
  override readonly name = 'MongoTimeoutError';
  readonly fault = 'timeout';
}

// The server's error codes: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
const AWAY_CODES = new Set([6, 7, 89, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436]);
const TIMEOUT_CODES = new Set([50, 64, 262]);
// A write to a connection that the server has just ended comes through as the plain error of the socket.
const SOCKET_CODES = new Set(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ERR_STREAM_DESTROYED']);
const DUPLICATE_KEY = 11000;

// The driver does not export the errors of its pool, MongoWaitQueueTimeoutError and MongoPoolClosedError.
const AWAY_CLASSES = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoClientClosedError,
  MongoServerClosedError,
  MongoTopologyClosedError,
  // An operation that was about to start when its client was closed.
  MongoExpiredSessionError,
];

/**
 * The fault that an error of the driver stands for, or the error itself when it is the server's answer to the
 * operation. The message is ours: it shows neither address nor credentials.
 */
export function toFault(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && SOCKET_CODES.has(String(error.code))) {
    return new MongoUnavailableError('the database is away', { cause: error });
  }
  const code = error instanceof MongoServerError ? Number(error.code) : 0;
  const name = error instanceof Error ? error.name : '';
  if (name === 'MongoWaitQueueTimeoutError') {
    return new MongoTimeoutError('no database connection within the time-out', { cause: error });
  }
  if (error instanceof MongoNetworkTimeoutError || TIMEOUT_CODES.has(code)) {
    return new MongoTimeoutError('the database did not answer within the time-out', { cause: error });
  }
  if (
    name === 'MongoPoolClosedError' ||
    AWAY_CODES.has(code) ||
    AWAY_CLASSES.some((away) => error instanceof away)
  ) {
    return new MongoUnavailableError('the database is away', { cause: error });
  }
  return error;
}

/** True for a broken unique index, when `field` is given only for one with that field. */
export function isDuplicateKey(error: unknown, field?: string): boolean {
  if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) return false;
  return field === undefined || fieldsOf(error).includes(field);
}

// The driver drops the pattern from the errors of insertMany: there the message has to be read, which ends in
// `dup key: { field: "value", other: 1 }`; the texts among the values are taken out first.
function fieldsOf(error: MongoServerError): string[] {
  const pattern: unknown = error.keyPattern;
  if (typeof pattern === 'object' && pattern !== null) return Object.keys(pattern);
  const [, key = ''] = error.message.split('dup key: ', 2);
  const names = key.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[{,] ([^:,]+):/g);
  return [...names].map(([, name = '']) => name);
}
