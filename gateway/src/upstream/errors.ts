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
