import type { Msg } from '@nats-io/transport-node';
import { toApiError } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import { errorHeaders, errorToJson } from './error-message.ts';
import { msgToJson } from './message.ts';
import { respond } from './wire.ts';

/** Replies with data; a message that asked for no reply gets none. */
export function respondNatsMessage<S extends TSchema>(request: Msg, schema: S, data: Static<S>): void {
  respond(request, msgToJson(schema, data));
}

/**
 * Replies with what was thrown, as {@link toApiError} sees it, and with the headers by which the NATS services
 * protocol (ADR-32) marks an error.
 */
export function respondNatsError(request: Msg, error: unknown): void {
  const answered = toApiError(error);
  respond(request, errorToJson(answered), errorHeaders(answered));
}
