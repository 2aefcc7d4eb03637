// The NATS services protocol: every instance answers $SRV.PING, $SRV.INFO and $SRV.STATS, asked of all, of one name or
// of one id, and serves its endpoints in one queue group. Specified in ADR-32 of nats-io/nats-architecture-and-design.
// Beyond it an instance says by itself when it comes and goes, so that nobody has to ask often: its INFO on
// $SRV.READY.<name>.<id> and on $SRV.LEAVING.<name>.<id>.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { NatsClient } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointFigures } from './endpoint-server.ts';
import type { EndpointStatsReport } from './endpoint-stats.ts';
import { flushWithin } from './flush.ts';
import { publish } from './wire.ts';

const queueGroup = 'q';
const readyMs = 2_000;
/** How long a stopping instance waits for the server to know; without NATS nobody can be told. */
const leaveMs = 250;

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
  readonly #client: NatsClient;
  readonly #endpoints: ServiceEndpoint[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #discovery: Subscription[] = [];
  #identity: ServiceIdentity;
  #started = new Date();
  #state: 'new' | 'ready' | 'left' = 'new';
  #endReconnect: (() => void) | undefined;

  constructor(client: NatsClient, identity: ServiceIdentity) {
    this.#client = client;
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

  /** Joins the queue group of every endpoint, then shows the instance to those who look for it, and says READY. */
  async start(metadata: Record<string, string>): Promise<void> {
    this.#identity = { ...this.#identity, metadata: { ...this.#identity.metadata, ...metadata } };
    this.#started = new Date();
    for (const server of this.#endpoints) {
      const callback = (error: Error | null, request: Msg) => {
        if (error === null) server.accept(request);
      };
      const { subject } = server.endpoint;
      this.#subscriptions.push(this.#client.connection.subscribe(subject, { queue: queueGroup, callback }));
    }
    this.#answer('PING', 'ping_response', () => ({}));
    this.#answer('INFO', 'info_response', () => this.#info());
    this.#answer('STATS', 'stats_response', () => this.#stats());
    this.#state = 'ready';
    this.#announce('READY');
    // Whoever watches has been cut off too, and waits for nothing but this.
    this.#endReconnect = this.#client.onReconnect(() => this.#announce('READY'));
    // Without NATS all of it is said when the connection is back.
    await flushWithin(this.#client.connection, readyMs);
  }

  /** Says LEAVING and is found no more; requests are still answered. Resolves when the server knows, or after 250 ms. */
  async leave(): Promise<void> {
    const wasReady = this.#state === 'ready';
    this.#state = 'left';
    this.#endReconnect?.();
    for (const subscription of this.#discovery.splice(0)) subscription.unsubscribe();
    const { connection } = this.#client;
    if (!wasReady || connection.isClosed() || connection.isDraining()) return;
    this.#announce('LEAVING');
    await flushWithin(connection, leaveMs);
  }

  /**
   * Leaves, as {@link leave} and out of the queue group, then waits up to `deadlineMs` for the requests that run and wait
   * here; those that are not done by then are answered by 503.
   */
  async stop(deadlineMs: number): Promise<void> {
    await this.leave();
    const late = new AbortController();
    const deadline = sleep(deadlineMs, undefined, { signal: late.signal }).catch(() => {});
    const left = this.#subscriptions.splice(0).map((subscription) => subscription.drain().catch(() => {}));
    const done = Promise.all(left).then(() =>
      Promise.all(this.#endpoints.map((server) => server.untilIdle())),
    );
    await Promise.race([done, deadline]);
    late.abort();
    for (const server of this.#endpoints) server.cutOff();
  }

  #announce(verb: 'READY' | 'LEAVING'): void {
    const { name, id } = this.#identity;
    const payload = this.#message('info_response', this.#info());
    publish(this.#client.connection, { subject: `$SRV.${verb}.${name}.${id}`, payload });
  }

  #message(type: string, report: object): string {
    const { name, id, version, metadata } = this.#identity;
    return JSON.stringify({ type: `io.nats.micro.v1.${type}`, name, id, version, metadata, ...report });
  }

  #answer(verb: string, type: string, report: () => object): void {
    const { name, id } = this.#identity;
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`]) {
      const callback = (error: Error | null, request: Msg) => {
        if (error === null) request.respond(this.#message(type, report()));
      };
      this.#discovery.push(this.#client.connection.subscribe(subject, { callback }));
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
