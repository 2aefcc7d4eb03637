import {
  connectNats,
  type NatsClient,
  openPresence,
  openServiceWatch,
  type PresenceOptions,
  type ServiceInstance,
  type ServiceWatch,
} from '@tsmicro/micro';
import type { Logger } from 'pino';
import type { Instance, InstanceBook } from '../upstream/instance-book.ts';

/** Where instances register themselves. */
export interface DiscoveryOptions {
  readonly natsUrl: string;
  readonly natsServiceName: string;
  readonly natsServiceVersion: string;
  readonly logger: Logger;
  /** What else hears from NATS; what it opens it hands to `opening`. */
  readonly attach: (client: NatsClient, opening: AsyncDisposableStack) => void;
}

function toInstances(known: readonly ServiceInstance[]): Instance[] {
  return known.flatMap(({ id, http }) => {
    if (http === undefined) return [];
    const { hostname, port } = new URL(http);
    const host = hostname.replace(/^\[|\]$/g, '');
    return [{ id, address: { host, port: Number(port || 80) } }];
  });
}

/**
 * Writes the live instances of services, as they register on NATS, into a book. NATS need not be there: it is waited for
 * without keeping anybody, and while it is away what was known last holds.
 */
export class Discovery {
  readonly #book: InstanceBook;
  readonly #ended = new AbortController();
  readonly #opened: Promise<AsyncDisposableStack | undefined>;
  #client: NatsClient | undefined;
  #services: readonly string[];
  #watch: ServiceWatch | undefined;

  constructor(book: InstanceBook, services: readonly string[], options: DiscoveryOptions) {
    this.#book = book;
    this.#services = services;
    this.#opened = this.#open(options).catch((error: unknown) => {
      if (!this.#ended.signal.aborted) options.logger.error({ err: error }, 'discovery could not be opened');
      return undefined;
    });
    book.onSuspect((service) => this.#watch?.refresh(service));
  }

  /** These services are looked for from now on. */
  follow(services: readonly string[]): void {
    this.#services = services;
    this.#watch?.setNames(services);
  }

  /** Waits until discovery has been asked once, no longer than `timeoutMs`. */
  async settled(timeoutMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, timeoutMs);
    await Promise.race([this.#opened, late.promise]);
    clearTimeout(timer);
  }

  /** Lets those who look at the system find this gateway, from when NATS is there. */
  async show(addresses: Omit<PresenceOptions, 'description' | 'metadata'>): Promise<void> {
    const opened = await this.#opened;
    if (opened === undefined || this.#client === undefined || this.#ended.signal.aborted) return;
    const metadata = { kind: 'gateway' };
    const described = { description: 'The way in from outside', metadata, ...addresses };
    const presence = await openPresence(this.#client, described);
    if (this.#ended.signal.aborted) await presence.close();
    else opened.use(presence);
  }

  async close(): Promise<void> {
    this.#ended.abort();
    const opened = await this.#opened;
    await opened?.disposeAsync();
  }

  async #open({ logger, attach, ...identity }: DiscoveryOptions): Promise<AsyncDisposableStack> {
    await using opening = new AsyncDisposableStack();
    const client = opening.use(await connectNats({ ...identity, logger, signal: this.#ended.signal }));
    attach(client, opening);
    this.#client = client;
    this.#watch = opening.use(
      await openServiceWatch(client, {
        names: this.#services,
        onChange: (service, instances) => this.#book.set(service, toInstances(instances)),
        logger,
      }),
    );
    // They may have changed while it was opened.
    this.#watch.setNames(this.#services);
    this.#ended.signal.throwIfAborted();
    return opening.move();
  }
}
