import type { Fields } from './fields.ts';
import { bodyLengthOf, hasOption, unsaid } from './framing.ts';
import type { RequestLine } from './request-line.ts';
import type { ServerConnection } from './server-connection.ts';

/** Who takes the body of a request as it comes. */
export interface BodyReader {
  /** A piece of it; stays as it is. */
  data(piece: Buffer): void;
  /** That was all. */
  end(): void;
  /** The rest will not come: the connection has ended or was refused. */
  abort(): void;
}

const nobody: BodyReader = { data() {}, end() {}, abort() {} };

/** A request as it came over a connection. */
export class ServerRequest {
  readonly connection: ServerConnection;
  readonly method: string;
  /** The target as the client wrote it. */
  readonly url: string;
  readonly minorVersion: 0 | 1;
  readonly fields: Fields;
  /** Bytes of the body; -1 when it is chunked. */
  readonly bodyLength: number;
  /** When its head was there, of `performance.now()`. */
  readonly arrivedAt: number;
  /** All of it is there. */
  complete: boolean;
  /** Ended before all of it was there. */
  destroyed = false;
  #reader: BodyReader | undefined;

  /** @throws {MalformedMessageError} when its body has no one length */
  constructor(connection: ServerConnection, line: RequestLine, fields: Fields, arrivedAt: number) {
    this.connection = connection;
    this.arrivedAt = arrivedAt;
    this.method = line.method;
    this.url = line.target;
    this.minorVersion = line.minorVersion;
    this.fields = fields;
    const length = bodyLengthOf(fields);
    this.bodyLength = length === unsaid ? 0 : length;
    this.complete = this.bodyLength === 0;
  }

  /** The value of a header by its lower-case name; of one that came more than once all values, with commas. */
  header(name: string): string | undefined {
    return this.fields.value(name);
  }

  /** Name in lower case, value, name, value. */
  get rawHeaders(): string[] {
    return this.fields.flat;
  }

  /** Whether its client keeps the connection for another one. */
  get keepsAlive(): boolean {
    const connection = this.header('connection');
    return this.minorVersion === 1 ? !hasOption(connection, 'close') : hasOption(connection, 'keep-alive');
  }

  /** Who has the body, once somebody asked for it. */
  get reader(): BodyReader | undefined {
    return this.#reader;
  }

  /** Has the body from here on; what came already is given at once or in a moment. A later reader takes its place. */
  read(reader: BodyReader): void {
    this.#reader = reader;
    if (this.complete) reader.end();
    else if (this.destroyed) reader.abort();
    else this.connection.resume();
  }

  /** Throws the rest of the body away. */
  discard(): void {
    this.read(nobody);
  }

  /** For its connection: the rest of the body will not come. */
  abort(): void {
    this.destroyed = true;
    this.#reader?.abort();
  }

  /** Takes no more of the body until `resume`; the piece that is being taken apart is still given. */
  pause(): void {
    this.connection.pause();
  }

  resume(): void {
    this.connection.resume();
  }
}
