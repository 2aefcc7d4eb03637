import type { Socket } from 'node:net';

/** Bytes of one exchange, both ways, with all that frames them. */
export interface Bytes {
  readonly ingress: number;
  readonly egress: number;
}

/** Divides what went over connections among the exchanges on them: each has what came since the last one ended. */
export class BandwidthMeter {
  readonly #seen = new WeakMap<Socket, { read: number; written: number }>();

  /** The bytes of the exchange that has just ended. */
  take(socket: Socket): Bytes {
    const { bytesRead: read, bytesWritten: written } = socket;
    const before = this.#seen.get(socket);
    this.#seen.set(socket, { read, written });
    return { ingress: read - (before?.read ?? 0), egress: written - (before?.written ?? 0) };
  }
}
