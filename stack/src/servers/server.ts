import { Daemon } from '../process/daemon.ts';

/**
 * A server that runs. Ours can be ended and started again on the same port and data; one that somebody else runs
 * (`external`) is only used: `start` and `stop` leave it alone, `kill`, `pause` and `resume` throw.
 * `[Symbol.asyncDispose]` stops it, and removes its data when no `dir` was given.
 */
export interface Server extends AsyncDisposable {
  readonly name: string;
  /** A whole connection URL, with user and password where there are any. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly external: boolean;
  /** The running process; undefined between runs, and for an external server. */
  readonly pid: number | undefined;
  /** Starts it again after `stop` or `kill`; resolves when it answers. Nothing to do when it runs. */
  start(): Promise<void>;
  /** Politely first, hard after 3 s; resolves when the process has ended. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** A server that we run ourselves. */
export class LocalServer extends Daemon implements Server {
  readonly external = false as const;
}

/** Where a server listens and keeps its data. */
export interface ServerOptions {
  /** The folder for its data; without it a temporary one that `[Symbol.asyncDispose]` removes. */
  readonly dir?: string;
  /** Exactly this port. @default a free one */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** A server that runs already, by its connection URL: used, and never touched. */
  readonly url?: string | undefined;
  /** Every line the server prints. */
  readonly onLine?: (line: string) => void;
  /** Every process that is started for it. */
  readonly onSpawn?: (pid: number) => void;
}
