import { performance } from 'node:perf_hooks';
import type { Address } from '../upstream/address.ts';
import type { Call, CallHolder } from './client-call.ts';
import { ClientConnection, type ConnectionOptions, type ConnectionOwner } from './client-connection.ts';
import { ClientClosedError } from './client-errors.ts';

/** How many connections there may be, and of what kind. */
export interface ClientPoolOptions extends ConnectionOptions {
  readonly connections: number;
}

const sweepEveryMs = 1_000;

/**
 * Connections to one server, opened as they are needed up to a bound. What finds none waits, in the order in which it
 * came; how much may wait is for the caller to say. The connection that was used last is used next, so that those that
 * a lower load does not need grow old and are closed.
 */
export class ClientPool implements ConnectionOwner, CallHolder {
  readonly #address: Address;
  readonly #options: ClientPoolOptions;
  readonly #open = new Set<ClientConnection>();
  readonly #idle: ClientConnection[] = [];
  readonly #waiting = new Set<Call>();
  readonly #retired = Promise.withResolvers<void>();
  #sweeping: NodeJS.Timeout | undefined;
  #retiring = false;
  #closed = false;

  constructor(address: Address, options: ClientPoolOptions) {
    this.#address = address;
    this.#options = options;
  }

  /** Sends a call, now or once there is a connection for it; whatever goes wrong its asker hears. */
  dispatch(call: Call): void {
    if (this.#closed) {
      call.fail(new ClientClosedError());
      return;
    }
    const connection = this.#takeIdle();
    if (connection !== undefined) connection.send(call);
    else if (this.#open.size < this.#options.connections) this.#connect(call);
    else {
      call.holder = this;
      this.#waiting.add(call);
    }
  }

  /** Lets what runs and what waits end; resolves once every connection is closed. */
  retire(): Promise<void> {
    this.#retiring = true;
    for (const connection of [...this.#idle]) connection.destroy(new ClientClosedError());
    this.#settle();
    return this.#retired.promise;
  }

  /** Closes every connection; what runs or waits fails. */
  close(): void {
    this.#closed = true;
    this.#retiring = true;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const connection of [...this.#open]) connection.destroy(new ClientClosedError());
    for (const call of waiting) call.fail(new ClientClosedError());
    this.#settle();
  }

  abandon(call: Call): void {
    this.#waiting.delete(call);
  }

  resume(): void {
    // What waits has no answer yet.
  }

  onFree(connection: ClientConnection): void {
    const next = this.#takeWaiting();
    if (next !== undefined) connection.send(next);
    else if (this.#retiring) connection.destroy(new ClientClosedError());
    else this.#idle.push(connection);
  }

  onGone(connection: ClientConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    const next = this.#takeWaiting();
    if (next !== undefined) this.#connect(next);
    this.#settle();
  }

  #connect(call: Call): void {
    this.#open.add(new ClientConnection(this.#address, call, this.#options, this));
    this.#sweeping ??= setInterval(() => this.#sweep(), sweepEveryMs).unref();
  }

  #takeIdle(): ClientConnection | undefined {
    const connection = this.#idle.pop();
    if (connection === undefined || connection.isGood(performance.now())) return connection;
    // The others are older still.
    connection.destroy(new ClientClosedError());
    this.#sweep();
    return undefined;
  }

  #takeWaiting(): Call | undefined {
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      return call;
    }
    return undefined;
  }

  /** Closes those that nobody used for too long. */
  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#idle.filter((one) => !one.isGood(now))) {
      connection.destroy(new ClientClosedError());
    }
  }

  #settle(): void {
    if (this.#open.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    if (this.#retiring && this.#waiting.size === 0) this.#retired.resolve();
  }
}
