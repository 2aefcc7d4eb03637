/** Redis is away: refused, reset, loading, or taken for away after a command that it did not answer. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
  readonly fault = 'unavailable';
}

/** Redis did not answer a command within its time; whether the command took effect is unknown. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError';
  readonly fault = 'timeout';
}

/** A load that several readers of a cache share took longer than any reader may wait. */
export class LoadTimeoutError extends Error {
  override readonly name = 'LoadTimeoutError';
  readonly fault = 'timeout';
}
