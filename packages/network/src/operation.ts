import { type Operation, OperationChannel } from '@tsmicro/dependency';
import type { RequestContext } from './request-context.ts';

/** A request being answered, as whoever counts and traces sees it; over HTTP its name is the route's pattern. */
export interface ServedOperation extends Operation {
  readonly context: RequestContext;
  /** Of HTTP. */
  readonly method?: string;
}

/** Tells that a request begins, when anybody listens; what it sends on belongs to the operation then. */
export function beginServing(
  channel: OperationChannel<ServedOperation>,
  name: string,
  context: RequestContext,
  method?: string,
): ServedOperation | undefined {
  if (!channel.observed) return undefined;
  const { traceparent, tracestate } = context;
  const operation: ServedOperation = {
    name,
    startedAt: performance.now(),
    context,
    traceparent,
    tracestate,
    ...(method === undefined ? {} : { method }),
  };
  channel.start(operation);
  if (operation.traceparent !== undefined && operation.traceparent !== traceparent) {
    context.continueTrace({ traceparent: operation.traceparent, tracestate: operation.tracestate });
  }
  return operation;
}

/** Tells that it is over. */
export function endServing(
  channel: OperationChannel<ServedOperation>,
  operation: ServedOperation,
  status: number,
  error?: unknown,
): void {
  operation.status = status;
  if (error !== undefined) operation.error = error;
  channel.end(operation);
}

/** The channels `tsmicro:http.server:start` and `:end`. */
export const httpServed = new OperationChannel<ServedOperation>('http.server');
