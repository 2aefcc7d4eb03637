import { headers, type Msg } from '@nats-io/transport-node';
import { toApiError } from '@tsmicro/network';
import type { Static, TSchema } from 'typebox';
import { errorToJson, msgToJson } from './message.ts';

/** Replies with data; a message that asked for no reply gets none. */
export function respondNatsMessage<S extends TSchema>(request: Msg, schema: S, data: Static<S>): void {
  request.respond(msgToJson(schema, data));
}

/**
 * Replies with what was thrown, as {@link toApiError} sees it, and with the two headers by which the NATS services
 * protocol (ADR-32) marks an error.
 */
export function respondNatsError(request: Msg, error: unknown): void {
  const answered = toApiError(error);
  const marked = headers();
  marked.set('Nats-Service-Error-Code', String(answered.status));
  // A header is one line of printable ASCII; the body carries the message as it is.
  marked.set('Nats-Service-Error', answered.message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 512));
  request.respond(errorToJson(answered), { headers: marked });
}
