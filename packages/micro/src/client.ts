import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node';
import { type DependencyHealth, HealthRecord, type Logger, untilReady } from '@tsmicro/dependency';
import { unavailable } from '@tsmicro/network';
import { NatsConfigError } from './errors.ts';
import { type Outgoing, type RequestFigures, RequestTable } from './request-table.ts';

/** Where NATS is, and under what name this process appears there. */
export interface NatsOptions {
  /** One or several URLs, separated by commas; `nats://user:password@host:port` signs in. */
  natsUrl: string;
  /** Letters, digits, `-` and `_`: the first part of every subject of the service. */
  natsServiceName: string;
  /** Semantic version. */
  natsServiceVersion: string;
  /** How long a request waits for its reply. @default 2000, which is also the most */
  timeoutMs?: number;
  /** Requests that may wait for their reply; one more is refused by 503. @default 8192 */
  maxPending?: number;
  logger?: Logger;
  /** Gives up waiting for the first connection. */
  signal?: AbortSignal;
}

/** The longest that any request waits, whatever the configuration says. */
export const maxTimeoutMs = 2_000;
/** How long a request waits for a broken connection to come back. */
const reconnectPatienceMs = 1_000;

const inboxPrefix = (serviceName: string) => `_INBOX.${serviceName}`;

/** An open connection to NATS, with the identity of the service that uses it. */
export class NatsClient {
  readonly connection: NatsConnection;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Distinguishes this process from its sisters. */
  readonly instanceId = randomUUID();
  readonly timeoutMs: number;
  readonly #requests: RequestTable;
  readonly #logger: Logger | undefined;
  readonly #health = new HealthRecord('NATS');
  readonly #onReconnect = new Set<() => void>();
  #back = Promise.withResolvers<void>();

  constructor(connection: NatsConnection, options: NatsOptions) {
    this.connection = connection;
    this.serviceName = options.natsServiceName;
    this.serviceVersion = options.natsServiceVersion;
    this.timeoutMs = Math.min(options.timeoutMs ?? maxTimeoutMs, maxTimeoutMs);
    this.#requests = new RequestTable(connection, {
      inbox: this.createInbox(),
      maxPending: options.maxPending ?? 8_192,
    });
    this.#logger = options.logger;
    this.#follow();
  }

  /** The open connection itself, for what this package does not offer. */
  getInstance(): NatsConnection {
    return this.connection;
  }

  /** False while the connection is broken; it comes back by itself. */
  get connected(): boolean {
    return this.#health.up;
  }

  /** Whether NATS is there, and since when. */
  get health(): DependencyHealth {
    return this.#health.current;
  }

  /** How many requests wait for their reply, and what became of the others. */
  get requests(): RequestFigures {
    return this.#requests.figures;
  }

  /** A new reply subject below `_INBOX.<service name>`, the only inboxes that a user with permissions may read. */
  createInbox(): string {
    return createInbox(inboxPrefix(this.serviceName));
  }

  /** Calls `listener` each time that a broken connection has come back. @returns how to end that */
  onReconnect(listener: () => void): () => void {
    const own = () => listener();
    this.#onReconnect.add(own);
    return () => this.#onReconnect.delete(own);
  }

  /** Waits for a broken connection to come back, a second at most. @throws {ApiError} 503 when it does not */
  async untilConnected(timeoutMs: number): Promise<void> {
    if (this.connection.isClosed())
      throw unavailable(undefined, { cause: new Error('the client is closed') });
    if (!this.connected) await this.#waitForConnection(Math.min(timeoutMs, reconnectPatienceMs));
  }

  /** Sends a request and waits for its reply. @throws {ApiError} 503, 504 */
  send<T>(outgoing: Outgoing<T>): Promise<T> {
    return this.#requests.request(outgoing);
  }

  /** Drains what is under way for up to `deadlineMs`, then closes. Safe to call twice. */
  async close(deadlineMs = 2_000): Promise<void> {
    if (this.connection.isClosed()) return;
    const drained = this.connection.isDraining() ? this.connection.closed() : this.connection.drain();
    const late = new AbortController();
    await Promise.race([
      drained.catch(() => {}),
      sleep(deadlineMs, undefined, { signal: late.signal }).catch(() => {}),
    ]);
    late.abort();
    if (!this.connection.isClosed()) await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #waitForConnection(timeoutMs: number): Promise<void> {
    const late = new AbortController();
    const timeout = sleep(timeoutMs, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([this.#back.promise, timeout]);
    late.abort();
    if (!this.connected) throw unavailable(undefined, { cause: new Error('NATS is away') });
  }

  #tellOfReconnect(): void {
    for (const listener of [...this.#onReconnect]) {
      try {
        listener();
      } catch (error) {
        this.#logger?.error({ err: error }, 'a listener failed when NATS came back');
      }
    }
  }

  #follow(): void {
    const watch = async () => {
      for await (const status of this.connection.status()) {
        if (status.type === 'disconnect') {
          this.#health.note('down');
          this.#logger?.warn({ server: status.server }, 'NATS is away; reconnecting');
        } else if (status.type === 'reconnect') {
          this.#health.note('up');
          this.#back.resolve();
          this.#back = Promise.withResolvers();
          this.#logger?.info({ server: status.server }, 'NATS is back');
          this.#tellOfReconnect();
        } else if (status.type === 'error') {
          this.#logger?.error({ err: status.error }, 'NATS reported an error');
        }
      }
    };
    void Promise.allSettled([watch(), this.connection.closed()]).then(() => {
      this.#health.note('down');
      this.#requests.close();
    });
  }
}

/**
 * Connects, waiting for NATS for as long as it takes (until `signal`), and stays connected: it reconnects for ever, and
 * notices a peer that has died silently within 15 s.
 * @throws {NatsConfigError} for a name or version that the NATS services protocol (ADR-32) does not allow
 */
export async function connectNats(options: NatsOptions): Promise<NatsClient> {
  const { natsUrl, natsServiceName, natsServiceVersion, logger, signal } = options;
  if (!/^[A-Za-z0-9_-]+$/.test(natsServiceName)) {
    throw new NatsConfigError(
      `NATS service name "${natsServiceName}" may have letters, digits, - and _ only`,
    );
  }
  if (!/^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/.test(natsServiceVersion)) {
    throw new NatsConfigError(
      `NATS service version "${natsServiceVersion}" is not a semantic version, as in 1.0.0`,
    );
  }
  const servers = natsUrl.split(',').map((url) => url.trim());
  const attempt = () =>
    connect({
      servers: servers.map((url) => url.replace(/^nats:\/\/(?:[^@/]*@)?/, '')),
      ...credentials(servers[0] ?? ''),
      name: natsServiceName,
      inboxPrefix: inboxPrefix(natsServiceName),
      timeout: 2_000,
      maxReconnectAttempts: -1,
      // At random between 0.1 and 0.5 s, so that instances do not come in step.
      reconnectDelayHandler: () => 100 + Math.random() * 400,
      pingInterval: 4_000,
      maxPingOut: 2,
    });
  return new NatsClient(await untilReady(attempt, { name: 'NATS', logger, signal }), options);
}

function credentials(url: string): { user?: string; pass?: string } {
  const { username = '', password = '' } = URL.parse(url) ?? {};
  return username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}
