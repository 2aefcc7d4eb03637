import {
  type CloseOptions,
  createRouter as createHttpRouter,
  FaultLog,
  type Router as HttpRouter,
  type ListenOptions,
  type RootMiddleware,
  type RouterOptions,
  type ValidationParser,
} from '@tsmicro/network';
import { addressMetadata, type OwnAddresses } from './advertised-address.ts';
import { serveDocuments } from './asyncapi/served-documents.ts';
import type { NatsClient } from './client.ts';
import type { Controller } from './controller.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointFigures } from './endpoint-server.ts';
import type { EventDefinition } from './events/event.ts';
import { NatsGroup } from './group.ts';
import { NatsService } from './service.ts';

/** A router needs an open connection to NATS; closing that stays with its owner. */
export interface MicroRouterOptions extends RouterOptions {
  natsClient: NatsClient;
  /** One line about the service, shown by discovery. */
  description?: string;
  /** What discovery shows of it besides its addresses. */
  metadata?: Readonly<Record<string, string>>;
}

/** Mounts the controllers of a microservice on HTTP and on NATS. */
export class Router {
  readonly natsClient: NatsClient;
  readonly #http: HttpRouter;
  readonly #service: NatsService;
  readonly #faults: FaultLog | undefined;
  readonly #events: { sent: EventDefinition[]; heard: EventDefinition[] } = { sent: [], heard: [] };

  constructor({ natsClient, description = '', metadata = {}, logger }: MicroRouterOptions) {
    this.natsClient = natsClient;
    this.#faults = logger && new FaultLog(logger);
    this.#http = createHttpRouter(logger ? { logger } : {});
    this.#service = new NatsService(natsClient, {
      name: natsClient.serviceName,
      id: natsClient.instanceId,
      version: natsClient.serviceVersion,
      description,
      metadata: { ...metadata, instance: natsClient.instanceId },
    });
    serveDocuments(this, { title: natsClient.serviceName, version: natsClient.serviceVersion, description });
  }

  getEngine(): ReturnType<HttpRouter['getEngine']> {
    return this.#http.getEngine();
  }

  /** See the router of `@tsmicro/network`. */
  get mount(): HttpRouter['mount'] {
    return this.#http.mount;
  }

  /** See the router of `@tsmicro/network`. */
  get mountFallback(): HttpRouter['mountFallback'] {
    return this.#http.mountFallback;
  }

  loadRootMiddlewares(middlewares: readonly RootMiddleware[]): void {
    this.#http.loadRootMiddlewares(middlewares);
  }

  registerValidationParsers(parsers: readonly ValidationParser[]): void {
    this.#http.registerValidationParsers(parsers);
  }

  loadControllers(controllers: readonly Controller[]): void {
    this.#http.loadControllers(controllers);
    const serviceName = this.natsClient.serviceName;
    for (const controller of controllers) {
      const at = { serviceName, path: controller.path, faults: this.#faults };
      controller.mountNats(new NatsGroup(this.#service, at));
    }
  }

  /** Adds events that the service tells of and hears of, for who reads its documents. */
  describeEvents(events: { sent?: readonly EventDefinition[]; heard?: readonly EventDefinition[] }): void {
    this.#events.sent.push(...(events.sent ?? []));
    this.#events.heard.push(...(events.heard ?? []));
  }

  /** Every kind of event that it was told of by {@link describeEvents}. */
  events(): { readonly sent: readonly EventDefinition[]; readonly heard: readonly EventDefinition[] } {
    return this.#events;
  }

  /** Every HTTP route mounted so far. */
  describe(): ReturnType<HttpRouter['describe']> {
    return this.#http.describe();
  }

  /** Every NATS endpoint mounted so far. */
  endpoints(): readonly Endpoint[] {
    return this.#service.endpoints.map(({ endpoint }) => endpoint);
  }

  /** What is going on at each NATS endpoint. */
  get figures(): readonly EndpointFigures[] {
    return this.#service.endpoints.map(({ figures }) => figures);
  }

  /**
   * Listens on HTTP, then answers on NATS, showing discovery the HTTP address: with `advertisedHost`, by default the host
   * it listens on, or this machine's own address where that is a wildcard; and where the metrics are, when `metricsUrl`
   * says so. @returns the address it listens on
   */
  async start(listen: ListenOptions & Omit<OwnAddresses, 'address'>): Promise<string> {
    const address = await this.#http.start(listen);
    await this.#service.start(addressMetadata({ ...listen, address }));
    return address;
  }

  /**
   * Says that it leaves, so that no new request is sent here; then leaves the queue groups and the port, waiting for what
   * runs on both. Safe to call twice.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#service.leave();
    await Promise.all([this.#service.stop(options.deadlineMs ?? 8_000), this.#http.close(options)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Creates the router of a microservice without anything mounted. */
export function createRouter(options: MicroRouterOptions): Router {
  return new Router(options);
}
