/** Bytes that are no HTTP/1.1 message, or one that may be read in two ways. */
export class MalformedMessageError extends Error {
  override name = 'MalformedMessageError';
}

/** A head that has not ended where it must have. */
export class HeadTooLargeError extends Error {
  override name = 'HeadTooLargeError';
  /** What came of it so far, one byte a character. */
  readonly head: string;

  constructor(head: string) {
    super('the head of the message is too large');
    this.head = head;
  }
}

/** More is said about chunks than is in them. */
export class ChunkExtensionsError extends Error {
  override name = 'ChunkExtensionsError';
}
