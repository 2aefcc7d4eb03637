import type { EventRecord } from '@tsmicro/dependency';
import type { Static, TSchema } from '@tsmicro/schema';
import { EventError } from '../errors.ts';
import { parseData } from '../message.ts';
import type { EventDefinition } from './event.ts';

/** An event with its data typed and checked. */
export interface ReceivedEvent<Data extends TSchema> extends Omit<EventRecord, 'data'> {
  readonly data: Static<Data>;
}

/** What a handler is given besides the event. */
export interface EventContext<Transaction = void> {
  /** What its writes go through to be one with the inbox; nothing where the inbox has no transactions. */
  readonly transaction: Transaction;
  /** Aborts when the handler's time is over. */
  readonly signal: AbortSignal;
}

/** One kind of event, and what is to be done when it comes. */
export interface EventHandler<Transaction = void> {
  readonly definition: EventDefinition;
  /** Checks the data now; the work begins when what is returned is called. @throws {EventError} for wrong data */
  prepare(event: EventRecord): (context: EventContext<Transaction>) => Promise<void>;
}

/** Binds a handler to its kind of event, for `openEventConsumer` and `hearEvents`. */
export function onEvent<Data extends TSchema, Transaction = void>(
  definition: EventDefinition<Data>,
  handle: (event: ReceivedEvent<Data>, context: EventContext<Transaction>) => Promise<void> | void,
): EventHandler<Transaction> {
  return {
    definition,
    prepare(event) {
      const received = { ...event, data: dataOf(definition, event) };
      return async (context) => handle(received, context);
    },
  };
}

function dataOf<Data extends TSchema>(definition: EventDefinition<Data>, event: EventRecord): Static<Data> {
  try {
    return parseData(definition.data, event.data);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventError(`${event.type} with wrong data: ${reason}`, { cause });
  }
}
