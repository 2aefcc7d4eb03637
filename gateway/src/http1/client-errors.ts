/** No connection within its time. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';

  constructor({ host, port }: { host: string; port: number }, timeoutMs: number) {
    super(`no connection to ${host}:${port} within ${timeoutMs} ms`);
  }
}

/** The other side closed the connection before it had answered. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';

  constructor() {
    super('the other side closed the connection');
  }
}

/** The connections are closed: nothing is sent any more, and what was under way is cut off. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('the connections are closed');
  }
}

/** A request that would not be read by the other side as it is meant. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError';
}

const lossCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
]);

/** Whether there was no connection, or it broke. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  return error instanceof Error && 'code' in error && lossCodes.has(error.code);
}
