// What a gateway tells of its work on the channels http.server and http.client, and how it begins and passes on traces.
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { createTraceparent, type TraceContext, traceFrom } from '@tsmicro/network';
import type { Exchange } from './exchange.ts';

/** A request being answered, or sent on: the first is named after its route, the second after its service. */
interface HttpOperation extends Operation {
  readonly method: string;
}

const served = new OperationChannel<HttpOperation>('http.server');
const sent = new OperationChannel<HttpOperation>('http.client');

const traceOf = ({ traceparent, tracestate }: Operation): TraceContext | undefined =>
  traceparent === undefined ? undefined : { traceparent, tracestate };

function beginOperation(
  channel: OperationChannel<HttpOperation>,
  exchange: Exchange,
  from: { name: string; startedAt: number; trace: TraceContext | undefined },
): HttpOperation {
  const operation: HttpOperation = {
    name: from.name,
    startedAt: from.startedAt,
    method: exchange.request.method,
    ...from.trace,
  };
  channel.start(operation);
  return operation;
}

/** Tells of an exchange from its arrival to its end, once; gives its trace, begun here when the client brought none. */
export function observeExchange(exchange: Exchange, name: string): TraceContext {
  const { request, response, arrivedAt: startedAt } = exchange;
  let trace = traceFrom(request.header('traceparent'), request.header('tracestate'));
  if (served.observed) {
    const operation = beginOperation(served, exchange, { name, startedAt, trace });
    exchange.onClose(() => {
      if (response.headersSent) operation.status = response.statusCode;
      served.end(operation);
    });
    trace = traceOf(operation);
  }
  return trace ?? { traceparent: createTraceparent() };
}

/** A request on its way to a service, as long as somebody listens. */
export interface Sending {
  /** What goes with it. */
  readonly trace: TraceContext;
  /** It is over: with the status of the answer, or without one, by an error of this side. */
  end(status: number | undefined, error?: unknown): void;
}

/** Tells of a request to a service, until `end` is called. */
export function observeSending(exchange: Exchange, service: string): Sending {
  const { trace } = exchange;
  if (!sent.observed) return { trace, end: () => undefined };
  const operation = beginOperation(sent, exchange, { name: service, startedAt: performance.now(), trace });
  let over = false;
  return {
    trace: traceOf(operation) ?? trace,
    end(status, error) {
      if (over) return;
      over = true;
      if (status !== undefined) operation.status = status;
      if (error !== undefined) operation.error = error;
      sent.end(operation);
    },
  };
}
