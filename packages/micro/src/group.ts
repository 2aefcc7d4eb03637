import type { FaultLog } from '@tsmicro/network';
import type { TSchema } from '@tsmicro/schema';
import { type Endpoint, subjectPrefix } from './endpoint.ts';
import { type EndpointLimits, EndpointServer, type NatsHandler } from './endpoint-server.ts';
import { NatsConfigError } from './errors.ts';
import type { NatsService } from './service.ts';

/** The NATS endpoints of one controller; subjects begin with the service's name and the controller's path. */
export class NatsGroup {
  readonly #service: NatsService;
  readonly #prefix: string;
  readonly #faults: FaultLog | undefined;

  constructor(
    service: NatsService,
    at: { serviceName: string; path: string; faults?: FaultLog | undefined },
  ) {
    this.#service = service;
    this.#prefix = subjectPrefix(at.serviceName, at.path);
    this.#faults = at.faults;
  }

  /**
   * Mounts the handler of an endpoint. Its answer, or what it throws, is the reply; at the request's deadline it is
   * answered by 504 and its context's signal aborts.
   * @throws {NatsConfigError} when the contract's subject is not this group's: another service name or path
   */
  addEndpoint<Q extends TSchema, R extends TSchema>(
    endpoint: Endpoint<Q, R>,
    handler: NatsHandler<Q, R>,
    limits: EndpointLimits = {},
  ): void {
    const mounted = `${this.#prefix}.${endpoint.name}`;
    if (endpoint.subject !== mounted) {
      throw new NatsConfigError(
        `endpoint ${endpoint.subject} cannot be mounted as ${mounted}: check NATS_SERVICE_NAME and the controller's path`,
      );
    }
    this.#service.addEndpoint(new EndpointServer(endpoint, handler, { ...limits, faults: this.#faults }));
  }
}
