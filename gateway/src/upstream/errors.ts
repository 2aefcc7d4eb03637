/** The client has left, or has its answer: nobody waits for the service any more. */
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
