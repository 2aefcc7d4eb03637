import { isFault, type Operation, OperationChannel } from '@tsmicro/dependency';
import { currentContext, type RequestContext, type TraceContext, traceFrom } from '@tsmicro/network';

/** An operation as the channels tell of it; those of servers have a context, those of HTTP a method. */
export interface SeenOperation extends Operation {
  readonly method?: string;
  readonly context?: RequestContext;
  /** The traceparent that it came with, empty without one; set by the first that gives it one of its own. */
  parent?: string;
}

/** The channel of one kind, as in "http.server". */
export const channelOf = (kind: string): OperationChannel<SeenOperation> => new OperationChannel(kind);

/** The databases and caches that have a channel each, with their names as OpenTelemetry has them. */
export const databases = { postgres: 'postgresql', mongo: 'mongodb', redis: 'redis' } as const;

/** How it ended in one word of few: "ok", the fault of a dependency, or "error". */
export function outcomeOf({ error }: Operation): string {
  if (error === undefined) return 'ok';
  return isFault(error) ? error.fault : 'error';
}

/** The trace that it belongs to: the one that its message names, else that of the current request. */
export function traceOf({ traceparent, tracestate, context }: SeenOperation): TraceContext | undefined {
  const from = traceparent === undefined ? (context ?? currentContext()) : { traceparent, tracestate };
  return traceFrom(from?.traceparent, from?.tracestate);
}
