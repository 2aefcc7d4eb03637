/** Bytes of one exchange, both ways, with all that frames them. */
export interface Bytes {
  readonly ingress: number;
  readonly egress: number;
}

/** A connection and the bytes that went over it so far. */
export interface Counted {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** Divides what went over connections among the exchanges on them: each has what came since the last one ended. */
export class BandwidthMeter {
  readonly #seen = new WeakMap<object, { read: number; written: number }>();

  /** The bytes of the exchange that has just ended. */
  take(connection: Counted): Bytes {
    const { bytesRead: read, bytesWritten: written } = connection;
    const before = this.#seen.get(connection);
    this.#seen.set(connection, { read, written });
    return { ingress: read - (before?.read ?? 0), egress: written - (before?.written ?? 0) };
  }
}
