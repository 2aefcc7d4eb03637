import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@tsmicro/dependency';
import type { NatsClient } from '../client.ts';
import { NatsConfigError } from '../errors.ts';
import { flushWithin } from '../flush.ts';
import { NameWatch, type WatchTimes } from './name-watch.ts';
import type { ServiceInstance } from './service-instance.ts';

/** Which services are watched, and who hears of their instances. */
export interface ServiceWatchOptions extends Partial<WatchTimes> {
  /** The NATS names of the services. */
  names: Iterable<string>;
  /**
   * Called when an instance of a service came, went or changed, with all that are left, sorted by id; the first time
   * before the watch is open.
   */
  onChange?: (name: string, instances: readonly ServiceInstance[]) => void;
  logger?: Logger;
  /** Between two questions to all instances, give or take a tenth. @default 5000 */
  pollMs?: number;
  /** How long an instance may take to answer; who is silent twice in turn is dropped. @default 2000 */
  replyMs?: number;
}

const openMs = 300;

/**
 * The living instances of some services: followed by what they announce themselves, asked every few seconds, when NATS
 * comes back and when somebody doubts. An instance that says LEAVING is out at once, one that leaves two questions in
 * turn unanswered is dropped; while NATS is away nothing is. Two instances may show the same address.
 */
export class ServiceWatch {
  readonly #client: NatsClient;
  readonly #options: ServiceWatchOptions;
  readonly #watches = new Map<string, NameWatch>();
  readonly #endReconnect: () => void;
  #closed = false;

  /** @throws {NatsConfigError} for what is no name of a service */
  constructor(client: NatsClient, options: ServiceWatchOptions) {
    this.#client = client;
    this.#options = options;
    this.setNames(options.names);
    this.#endReconnect = client.onReconnect(() => {
      for (const watch of this.#watches.values()) watch.resume();
    });
  }

  /** The services that are watched. */
  get names(): readonly string[] {
    return [...this.#watches.keys()];
  }

  /** The instances of a service, sorted by id; none of one that is not watched. */
  instances(name: string): readonly ServiceInstance[] {
    return this.#watches.get(name)?.instances ?? [];
  }

  /** Asks the instances of a service at once, as after a failed connection; cheap to call often. */
  refresh(name: string): void {
    this.#watches.get(name)?.refresh();
  }

  /**
   * Watches these services from now on; what is known of those that stay is kept.
   * @throws {NatsConfigError} for what is no name of a service
   */
  setNames(names: Iterable<string>): void {
    const wanted = new Set(names);
    for (const name of wanted) {
      if (!/^[A-Za-z0-9_-]+$/.test(name)) {
        throw new NatsConfigError(`NATS service name "${name}" may have letters, digits, - and _ only`);
      }
    }
    if (this.#closed) return;
    for (const [name, watch] of this.#watches) {
      if (wanted.has(name)) continue;
      watch.close();
      this.#watches.delete(name);
    }
    for (const name of wanted) {
      if (!this.#watches.has(name)) this.#watches.set(name, this.#watch(name));
    }
  }

  /** Resolves when each service has answered, or after 300 ms. */
  async untilAnswered(): Promise<void> {
    const late = new AbortController();
    const timeout = sleep(openMs, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([this.#answered(), timeout]);
    late.abort();
  }

  /** Ends the watching; the connection stays open. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#endReconnect();
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #answered(): Promise<void> {
    await Promise.all(Array.from(this.#watches.values(), (watch) => watch.answered));
    // The first has answered: so will the others have, by the time that the server has answered again.
    await flushWithin(this.#client.connection, openMs);
  }

  #watch(name: string): NameWatch {
    const { logger, onChange, pollMs = 5_000, replyMs = 2_000 } = this.#options;
    return new NameWatch(this.#client, name, {
      logger,
      pollMs,
      replyMs,
      onChange: (instances) => onChange?.(name, instances),
    });
  }
}

/**
 * Watches services by their NATS names. Resolves when each of them has answered once, or after 300 ms: then the watch
 * goes on without being waited for.
 * @throws {NatsConfigError} for what is no name of a service
 */
export async function openServiceWatch(
  client: NatsClient,
  options: ServiceWatchOptions,
): Promise<ServiceWatch> {
  const watch = new ServiceWatch(client, options);
  await watch.untilAnswered();
  return watch;
}
