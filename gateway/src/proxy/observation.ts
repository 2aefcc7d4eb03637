// What a gateway tells of its work on the channels http.server and http.client, and how it begins and passes on traces.
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import { createTraceparent, type TraceContext, traceFrom } from '@tsmicro/network';
import type { Closer, Exchange } from './exchange.ts';

/** A request being answered, or sent on: the first is named after its route, the second after its service. */
export class HttpOperation implements Operation, Closer {
  readonly name: string;
  readonly method: string;
  readonly startedAt: number;
  traceparent: string | undefined;
  tracestate: string | undefined;
  durationMs?: number;
  status?: number;
  error?: unknown;

  constructor(name: string, method: string, startedAt: number, trace: TraceContext | undefined) {
    this.name = name;
    this.method = method;
    this.startedAt = startedAt;
    this.traceparent = trace?.traceparent;
    this.tracestate = trace?.tracestate;
  }

  /** What goes with it: that of whoever traces, where somebody does. */
  get trace(): TraceContext | undefined {
    const { traceparent, tracestate } = this;
    return traceparent === undefined ? undefined : { traceparent, tracestate };
  }

  onExchangeClosed({ response }: Exchange): void {
    // Told already: of a stream of events.
    if (this.durationMs !== undefined) return;
    if (response.headersSent) this.status = response.statusCode;
    served.end(this);
  }
}

const served = new OperationChannel<HttpOperation>('http.server');
const sent = new OperationChannel<HttpOperation>('http.client');

/** An exchange that others are told of. */
export interface Observed {
  /** Undefined where nobody listens. */
  readonly operation: HttpOperation | undefined;
  readonly trace: TraceContext;
}

/** Tells of an exchange from its arrival to its end, once; gives its trace, begun here when the client brought none. */
export function observeExchange(exchange: Exchange, name: string): Observed {
  const { request, arrivedAt } = exchange;
  const traceparent = request.header('traceparent');
  let operation: HttpOperation | undefined;
  let trace = traceparent === undefined ? undefined : traceFrom(traceparent, request.header('tracestate'));
  if (served.observed) {
    operation = new HttpOperation(name, request.method, arrivedAt, trace);
    served.start(operation);
    exchange.onClose(operation);
    trace = operation.trace;
  }
  return { operation, trace: trace ?? { traceparent: createTraceparent() } };
}

/** Tells of a request to a service, begun at `startedAt`; undefined where nobody listens. Its end is told by {@link endSending}. */
export function beginSending(
  { request, trace }: Exchange,
  service: string,
  startedAt: number,
): HttpOperation | undefined {
  if (!sent.observed) return undefined;
  const operation = new HttpOperation(service, request.method, startedAt, trace);
  sent.start(operation);
  return operation;
}

/** It is over: with the status of the answer, or without one, by an error of this side. */
export function endSending(
  operation: HttpOperation | undefined,
  status: number | undefined,
  error?: unknown,
): void {
  if (operation === undefined) return;
  if (status !== undefined) operation.status = status;
  if (error !== undefined) operation.error = error;
  sent.end(operation);
}
