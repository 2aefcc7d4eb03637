// The NATS services protocol: every instance answers $SRV.PING, $SRV.INFO and $SRV.STATS, asked of all, of one name or
// of one id, and serves its endpoints in one queue group. Specified in ADR-32 of nats-io/nats-architecture-and-design.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Endpoint } from './endpoint.ts';
import type { EndpointFigures } from './endpoint-server.ts';
import type { EndpointStatsReport } from './endpoint-stats.ts';

const queueGroup = 'q';

/** An endpoint as the protocol knows it. */
export interface ServiceEndpoint {
  readonly endpoint: Endpoint;
  readonly figures: EndpointFigures;
  accept(request: Msg): void;
  report(queueGroup: string): EndpointStatsReport;
  untilIdle(): Promise<void>;
  cutOff(): void;
}

/** Who this instance is. */
export interface ServiceIdentity {
  name: string;
  id: string;
  version: string;
  description: string;
  metadata: Record<string, string>;
}

/** One instance of a service on NATS. */
export class NatsService {
  readonly #connection: NatsConnection;
  readonly #endpoints: ServiceEndpoint[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #discovery: Subscription[] = [];
  #identity: ServiceIdentity;
  #started = new Date();

  constructor(connection: NatsConnection, identity: ServiceIdentity) {
    this.#connection = connection;
    this.#identity = identity;
  }

  /** Adds an endpoint; before {@link start}. */
  addEndpoint(endpoint: ServiceEndpoint): void {
    this.#endpoints.push(endpoint);
  }

  /** Every endpoint added so far. */
  get endpoints(): readonly ServiceEndpoint[] {
    return this.#endpoints;
  }

  /** Joins the queue group of every endpoint, then shows the instance to those who look for it. */
  async start(metadata: Record<string, string>): Promise<void> {
    this.#identity = { ...this.#identity, metadata: { ...this.#identity.metadata, ...metadata } };
    this.#started = new Date();
    for (const server of this.#endpoints) {
      const callback = (error: Error | null, request: Msg) => {
        if (error === null) server.accept(request);
      };
      const { subject } = server.endpoint;
      this.#subscriptions.push(this.#connection.subscribe(subject, { queue: queueGroup, callback }));
    }
    this.#answer('PING', 'ping_response', () => ({}));
    this.#answer('INFO', 'info_response', () => this.#info());
    this.#answer('STATS', 'stats_response', () => this.#stats());
    await this.#connection.flush();
  }

  /**
   * Leaves the queue group, then waits up to `deadlineMs` for the requests that run and wait here; those that are not
   * done by then are answered by 503.
   */
  async stop(deadlineMs: number): Promise<void> {
    const late = new AbortController();
    const deadline = sleep(deadlineMs, undefined, { signal: late.signal }).catch(() => {});
    for (const subscription of this.#discovery.splice(0)) subscription.unsubscribe();
    const left = this.#subscriptions.splice(0).map((subscription) => subscription.drain().catch(() => {}));
    const done = Promise.all(left).then(() =>
      Promise.all(this.#endpoints.map((server) => server.untilIdle())),
    );
    await Promise.race([done, deadline]);
    late.abort();
    for (const server of this.#endpoints) server.cutOff();
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
      endpoints: this.#endpoints.map(({ endpoint: { name, subject, request, reply } }) => ({
        name,
        subject,
        queue_group: queueGroup,
        metadata: { request: JSON.stringify(request), reply: JSON.stringify(reply) },
      })),
    };
  }

  #stats(): { started: string; endpoints: EndpointStatsReport[] } {
    return {
      started: this.#started.toISOString(),
      endpoints: this.#endpoints.map((server) => server.report(queueGroup)),
    };
  }
}
