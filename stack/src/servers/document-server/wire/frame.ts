/** The largest message taken and sent: MongoDB's own limit. */
export const maxMessageBytes = 48_000_000;

const headerBytes = 16;

/** A broken frame: the connection that sent it cannot be read any further. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

/** Cuts the byte stream of one connection into messages, each with its 16-byte header. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Takes the next bytes and gives the messages that they complete. Throws FrameError for a wrong length. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    const messages: Buffer[] = [];
    for (let size = this.#nextSize(); size !== undefined && size <= this.#length; size = this.#nextSize()) {
      messages.push(this.#take(size));
    }
    return messages;
  }

  #nextSize(): number | undefined {
    if (this.#length < 4) return undefined;
    if ((this.#chunks[0]?.byteLength ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const size = this.#chunks[0]?.readInt32LE(0) ?? 0;
    if (size < headerBytes || size > maxMessageBytes) throw new FrameError(`a message of ${size} bytes`);
    return size;
  }

  #take(size: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (all === undefined) throw new FrameError('no bytes');
    const rest = all.subarray(size);
    this.#chunks = rest.byteLength === 0 ? [] : [rest];
    this.#length = rest.byteLength;
    return all.subarray(0, size);
  }
}
