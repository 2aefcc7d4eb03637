import { type EventInbox, type EventRecord, OperationChannel } from '@tsmicro/dependency';
import {
  beginServing,
  endServing,
  RequestContext,
  runInContext,
  type ServedOperation,
} from '@tsmicro/network';
import type { EventContext } from './handler.ts';

const served = new OperationChannel<ServedOperation>('nats.server');

/** An event that is about to be handled. */
export interface Attempt<Transaction> {
  readonly event: EventRecord;
  readonly work: (context: EventContext<Transaction>) => Promise<void>;
  /** Under which the inbox knows who handles it. */
  readonly consumer: string;
  readonly inbox: EventInbox<Transaction> | undefined;
  readonly timeoutMs: number;
}

function once<T>({ event, work, consumer, inbox }: Attempt<T>, signal: AbortSignal): Promise<boolean> {
  if (inbox !== undefined) return inbox.once(consumer, event, (transaction) => work({ transaction, signal }));
  // Who has no inbox has handlers that want no transaction.
  return work({ transaction: undefined as T, signal }).then(() => true);
}

async function untilDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const expire = () => reject(new Error('the handler was not done in time'));
  signal.addEventListener('abort', expire, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', expire);
  }
}

/**
 * Handles an event once, in a context of its own: what the handler logs, asks and writes has the event's id as its
 * request id, belongs to its trace and has to be done by its deadline.
 * @returns false when the inbox knew the event
 * @throws what the handler or the inbox throws, or that they took too long
 */
export async function attempt<T>(given: Attempt<T>): Promise<boolean> {
  const { event, timeoutMs } = given;
  const { id, type, traceparent, tracestate } = event;
  const trace = traceparent === undefined ? undefined : { traceparent, tracestate };
  const context = new RequestContext({ requestId: id, timeoutMs, trace });
  const operation = beginServing(served, type, context);
  const conclude = (status: number, error?: unknown) => {
    context.end(error);
    if (operation !== undefined) endServing(served, operation, status, error);
  };
  try {
    const { signal } = context;
    const handled = await runInContext(context, () => untilDeadline(once(given, signal), signal));
    conclude(200);
    return handled;
  } catch (error) {
    conclude(context.toApiError(error).status, error);
    throw error;
  }
}
