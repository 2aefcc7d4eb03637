/** No connection within its time. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';

  constructor({ host, port }: { host: string; port: number }, timeoutMs: number) {
    super(`no connection to ${host}:${port} within ${timeoutMs} ms`);
  }
}

/** The request was given up before it reached a socket. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';

  constructor() {
    super('the request was given up');
  }
}

/** A HOST_MAP that cannot be read. */
export class HostMapError extends Error {
  override readonly name = 'HostMapError';
}

/** None of an upstream's targets may be asked now. */
export class NoTargetError extends Error {
  override readonly name = 'NoTargetError';

  constructor(upstream: string) {
    super(`no target of ${upstream} is healthy and has room`);
  }
}

const lossCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

/** Whether there was no connection, or it broke. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lossCodes.has(error.code);
}
