import { isFault, type Operation, OperationChannel } from '@tsmicro/dependency';
import type { RequestContext } from '@tsmicro/network';

/** An operation as the channels tell of it; those of servers have a context, those of HTTP a method. */
export interface SeenOperation extends Operation {
  readonly method?: string;
  readonly context?: RequestContext;
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
