import { randomUUID } from 'node:crypto';
import type { EventRecord } from '@tsmicro/dependency';
import { currentContext } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { EventError, NatsConfigError } from '../errors.ts';
import { parserOf, serializerOf } from '../message.ts';

/** A kind of event: what it is called, and what it says. */
export interface EventDefinition<Data extends TSchema = TSchema> {
  /** Also the subject, `events.<service>.<entity>.<what>`, as in `events.auth.user.registered`. */
  readonly type: string;
  readonly data: Data;
  /** One line for readers of the contract. */
  readonly description: string;
}

/** The data of an event as a type. */
export type DataOf<E> = E extends EventDefinition<infer Data> ? Static<Data> : never;

const typeForm = /^events(?:\.[a-z0-9][a-z0-9-]*){3}$/;
/** Far below what a message may be, so that an event that was written can always be told. */
const maxDataBytes = 128 * 1024;
const maxEntityLength = 200;

/**
 * Defines an event once, for the service that tells of it and for all that hear of it; belongs into contracts.
 * @throws {NatsConfigError} for a type that is not `events.<service>.<entity>.<what>`
 */
export function defineEvent<Data extends TSchema>(definition: EventDefinition<Data>): EventDefinition<Data> {
  const { type, data, description } = definition;
  if (!typeForm.test(type)) {
    throw new NatsConfigError(
      `event type "${type}" is not of the form events.<service>.<entity>.<what>, in small letters`,
    );
  }
  return { type, data, description };
}

/** The data as JSON with nothing but what the schema names, checked as those who hear of it will. */
function toData(schema: TSchema, data: unknown): unknown {
  const json = serializerOf(schema)(data);
  if (Buffer.byteLength(json) > maxDataBytes) throw new Error(`its data are more than ${maxDataBytes} bytes`);
  return parserOf(schema)(JSON.parse(json));
}

/**
 * What happened to `entity`, to be written to an outbox together with the change itself. It is part of the trace of the
 * current request.
 * @throws {EventError} for data that the definition does not allow: nobody could be told of it
 */
export function createEvent<Data extends TSchema>(
  definition: EventDefinition<Data>,
  entity: string,
  data: Static<Data>,
): EventRecord {
  const { type } = definition;
  if (entity === '' || entity.length > maxEntityLength) {
    throw new EventError(`${type}: an event needs an entity of 1 to ${maxEntityLength} characters`);
  }
  const { traceparent, tracestate } = currentContext() ?? {};
  try {
    return {
      id: randomUUID(),
      type,
      entity,
      time: new Date().toISOString(),
      data: toData(definition.data, data),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(traceparent === undefined || tracestate === undefined ? {} : { tracestate }),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventError(`${type}: ${reason}`, { cause });
  }
}
