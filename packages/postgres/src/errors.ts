/** PostgreSQL is away: refused, reset, shutting down, out of connections, or the queue for the pool is full. */
export class PostgresUnavailableError extends Error {
  override readonly name = 'PostgresUnavailableError';
  readonly fault = 'unavailable';
}

/** A query, or the wait for its connection, took longer than it may; whether a write took effect is unknown. */
export class PostgresTimeoutError extends Error {
  override readonly name = 'PostgresTimeoutError';
  readonly fault = 'timeout';
}

/** The migrations of a directory cannot be applied as they are; the message names the file and the reason. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

// Classes 08 (connection exception) and 53 (insufficient resources); 57P01 to 57P05 are a server that stops,
// crashed, starts up or closed an idle session; 25P03 an idle transaction that it ended.
const AWAY_STATE = /^(08...|53...|57P0[1-5]|25P03)$/;

// pg reports the loss of a connection by message only.
const LOST_CONNECTION =
  /connection terminated|connection error and is not queryable|client was closed|after calling end on the pool/i;

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * The fault that an error of pg stands for, or the error itself when it is the database's answer to the query.
 * The message is ours: it shows neither address nor credentials.
 */
export function toFault(error: unknown): unknown {
  if (!(error instanceof Error) || 'fault' in error) return error;
  const code = codeOf(error) ?? '';
  // 57014: statement_timeout of the server, 55P03: lock_timeout.
  if (code === '57014' || code === '55P03') {
    return new PostgresTimeoutError('the database ended the query at its time-out', { cause: error });
  }
  if (/timeout exceeded when trying to connect|due to connection timeout/i.test(error.message)) {
    return new PostgresTimeoutError('no database connection within the time-out', { cause: error });
  }
  if (SOCKET_CODES.has(code) || AWAY_STATE.test(code) || LOST_CONNECTION.test(error.message)) {
    return new PostgresUnavailableError('the database is away', { cause: error });
  }
  return error;
}

/**
 * What an error says of the server: any answer of it, refusals of a query included, that it is there. That all
 * connections of the pool are busy, or that a query could not be sent, says nothing.
 */
export function stateAfter(error: unknown): 'up' | 'down' | undefined {
  if (error instanceof PostgresTimeoutError) return 'down';
  if (
    toFault(error) instanceof PostgresUnavailableError ||
    /due to connection timeout/i.test(String(error))
  ) {
    return 'down';
  }
  return error instanceof Error && 'severity' in error ? 'up' : undefined;
}

function violates(error: unknown, state: string, constraint: string | undefined): boolean {
  if (codeOf(error) !== state) return false;
  return (
    constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint)
  );
}

/** True for a broken unique constraint (23505), when given only for the one of that name. */
export const isUniqueViolation = (error: unknown, constraint?: string) =>
  violates(error, '23505', constraint);

/** True for a broken foreign key (23503), when given only for the one of that name. */
export const isForeignKeyViolation = (error: unknown, constraint?: string) =>
  violates(error, '23503', constraint);

/** True for a broken check constraint (23514), when given only for the one of that name. */
export const isCheckViolation = (error: unknown, constraint?: string) => violates(error, '23514', constraint);
