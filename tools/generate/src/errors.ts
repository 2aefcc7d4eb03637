/** The wish cannot be fulfilled as it is: the message says why, and nothing was written. */
export class GenerateError extends Error {
  override readonly name = 'GenerateError';
}

/** Everything is written; the message says what is still to be done, and how. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
}
