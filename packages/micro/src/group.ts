import type { Msg } from '@nats-io/transport-node';
import type { Logger } from '@tsmicro/dependency';
import {
  badRequest,
  internal,
  RequestContext,
  requestIdFrom,
  runInContext,
  timeoutFrom,
  toApiError,
  unavailable,
} from '@tsmicro/network';
import type { Static, TSchema } from 'typebox';
import { type Endpoint, subjectPrefix } from './endpoint.ts';
import { NatsConfigError } from './errors.ts';
import { errorToText, parseData, readMessage } from './message.ts';
import { respondNatsError, respondNatsMessage } from './respond.ts';
import type { NatsService } from './service.ts';

const maxRequestMs = 5_000;

/** Answers an endpoint: typed, validated data in, typed data out, or an error thrown. */
export type NatsHandler<Q extends TSchema, R extends TSchema> = (
  data: Static<Q>,
  context: RequestContext,
) => Static<R> | Promise<Static<R>>;

/** The NATS endpoints of one controller; subjects begin with the service's name and the controller's path. */
export class NatsGroup {
  readonly #service: NatsService;
  readonly #prefix: string;
  readonly #logger: Logger | undefined;

  constructor(service: NatsService, at: { serviceName: string; path: string; logger?: Logger }) {
    this.#service = service;
    this.#prefix = subjectPrefix(at.serviceName, at.path);
    this.#logger = at.logger;
  }

  /**
   * Mounts the handler of an endpoint. This wrapper is one of the two places where what was thrown becomes an answer.
   * @throws {NatsConfigError} when the contract's subject is not this group's: another service name or path
   */
  addEndpoint<Q extends TSchema, R extends TSchema>(
    endpoint: Endpoint<Q, R>,
    handler: NatsHandler<Q, R>,
  ): void {
    const { name, subject, request, reply } = endpoint;
    if (subject !== `${this.#prefix}.${name}`) {
      throw new NatsConfigError(
        `endpoint ${subject} cannot be mounted as ${this.#prefix}.${name}: check NATS_SERVICE_NAME and the controller's path`,
      );
    }
    this.#service.addEndpoint({
      name,
      subject,
      metadata: { request: JSON.stringify(request), reply: JSON.stringify(reply) },
      refuse: (message) => respondNatsError(message, unavailable('too many requests are running')),
      handler: async (message) => {
        const context = contextOf(message);
        // Whoever asked has given up already.
        if (context.timeLeftMs() <= 0) return undefined;
        try {
          const content = readMessage(message.data);
          if ('error' in content) throw badRequest('a request must carry data, not an error');
          const data = parseData(request, content.data);
          const answer = await runInContext(context, async () => handler(data, context));
          respondNatsMessage(message, reply, answer);
          return undefined;
        } catch (error) {
          return this.#answerError(message, error, context);
        }
      },
    });
  }

  #answerError(message: Msg, error: unknown, { requestId }: RequestContext): Error {
    const answered = toApiError(error);
    if (answered.status >= 500) {
      const level = answered.status === 500 ? 'error' : 'warn';
      this.#logger?.[level](
        { requestId, subject: message.subject, err: answered.cause ?? answered },
        answered.message,
      );
    }
    try {
      respondNatsError(message, answered);
    } catch (cause) {
      // Longer than a message may be, or there is no connection any more.
      respondNatsError(message, internal(cause));
    }
    return new Error(errorToText(answered));
  }
}

function contextOf(message: Msg): RequestContext {
  const header = (name: string) => message.headers?.get(name) || undefined;
  const traceparent = header('traceparent');
  const tracestate = header('tracestate');
  return new RequestContext({
    requestId: requestIdFrom(header('x-request-id')),
    timeoutMs: timeoutFrom(header('x-deadline-ms'), maxRequestMs),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(tracestate === undefined ? {} : { tracestate }),
  });
}
