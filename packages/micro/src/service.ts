// The NATS services protocol: every instance answers $SRV.PING, $SRV.INFO and $SRV.STATS, asked of all, of one name or
// of one id, and serves its endpoints in one queue group. Specified in ADR-32 of nats-io/nats-architecture-and-design.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { EndpointStats, type EndpointStatsReport } from './endpoint-stats.ts';

const queueGroup = 'q';
const maxRunningPerEndpoint = 512;

/** Serves one message and settles when it has replied. Never rejects; gives the error that it replied with. */
export type ServiceHandler = (request: Msg) => Promise<Error | undefined>;

/** Refuses a message at once, because as many as may run already run. */
export type ServiceRefusal = (request: Msg) => void;

/** An endpoint as the protocol knows it. */
export interface ServiceEndpoint {
  name: string;
  subject: string;
  metadata: Record<string, string>;
  handler: ServiceHandler;
  refuse: ServiceRefusal;
}

/** Who this instance is. */
export interface ServiceIdentity {
  name: string;
  id: string;
  version: string;
  description: string;
  metadata: Record<string, string>;
}

interface Served extends ServiceEndpoint {
  stats: EndpointStats;
  running: number;
  subscription?: Subscription;
}

const asError = (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause)));

/** One instance of a service on NATS. */
export class NatsService {
  readonly #connection: NatsConnection;
  readonly #endpoints: Served[] = [];
  readonly #discovery: Subscription[] = [];
  #identity: ServiceIdentity;
  #started = new Date();
  #idle: (() => void) | undefined;

  constructor(connection: NatsConnection, identity: ServiceIdentity) {
    this.#connection = connection;
    this.#identity = identity;
  }

  /** Adds an endpoint; before {@link start}. */
  addEndpoint(endpoint: ServiceEndpoint): void {
    this.#endpoints.push({ ...endpoint, stats: new EndpointStats(), running: 0 });
  }

  /** Joins the queue group of every endpoint, then shows the instance to those who look for it. */
  async start(metadata: Record<string, string>): Promise<void> {
    this.#identity = { ...this.#identity, metadata: { ...this.#identity.metadata, ...metadata } };
    this.#started = new Date();
    for (const endpoint of this.#endpoints) {
      endpoint.subscription = this.#connection.subscribe(endpoint.subject, {
        queue: queueGroup,
        callback: (error, request) => {
          if (error === null) void this.#serve(endpoint, request);
        },
      });
    }
    this.#answer('PING', 'ping_response', () => ({}));
    this.#answer('INFO', 'info_response', () => this.#info());
    this.#answer('STATS', 'stats_response', () => this.#stats());
    await this.#connection.flush();
  }

  /** Leaves the queue group, then waits up to `deadlineMs` for the requests that run. */
  async stop(deadlineMs: number): Promise<void> {
    const late = new AbortController();
    const deadline = sleep(deadlineMs, undefined, { signal: late.signal }).catch(() => {});
    for (const subscription of this.#discovery) subscription.unsubscribe();
    const left = Promise.all(
      this.#endpoints.map(({ subscription }) => subscription?.drain().catch(() => {})),
    );
    await Promise.race([left.then(() => this.#untilIdle()), deadline]);
    late.abort();
  }

  async #serve(endpoint: Served, request: Msg): Promise<void> {
    if (endpoint.running >= maxRunningPerEndpoint) {
      try {
        endpoint.refuse(request);
      } catch {
        // The connection is gone, and whoever asked with it.
      }
      endpoint.stats.record(0n, new Error('503:too many requests are running'));
      return;
    }
    endpoint.running++;
    const startedAt = process.hrtime.bigint();
    // A reply that cannot be sent, as on a connection just closed, must not end the process.
    const error = await endpoint.handler(request).catch((cause: unknown) => asError(cause));
    endpoint.stats.record(process.hrtime.bigint() - startedAt, error);
    endpoint.running--;
    if (this.#isIdle()) this.#idle?.();
  }

  #isIdle(): boolean {
    return this.#endpoints.every(({ running }) => running === 0);
  }

  #untilIdle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  #answer(verb: string, type: string, report: () => object): void {
    const { name, id, version } = this.#identity;
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`]) {
      const callback = (error: Error | null, request: Msg) => {
        if (error !== null) return;
        const { metadata } = this.#identity;
        request.respond(
          JSON.stringify({ type: `io.nats.micro.v1.${type}`, name, id, version, metadata, ...report() }),
        );
      };
      this.#discovery.push(this.#connection.subscribe(subject, { callback }));
    }
  }

  #info(): object {
    return {
      description: this.#identity.description,
      endpoints: this.#endpoints.map(({ name, subject, metadata }) => ({
        name,
        subject,
        queue_group: queueGroup,
        metadata,
      })),
    };
  }

  #stats(): { started: string; endpoints: EndpointStatsReport[] } {
    return {
      started: this.#started.toISOString(),
      endpoints: this.#endpoints.map(({ name, subject, stats }) =>
        stats.report({ name, subject, queueGroup }),
      ),
    };
  }
}
