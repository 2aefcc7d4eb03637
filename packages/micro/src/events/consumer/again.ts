import type { Subscription } from '@nats-io/transport-node';
import { badRequest } from '@tsmicro/network';
import { type TSchema, Type } from '@tsmicro/schema';
import type { NatsClient } from '../../client.ts';
import { EventError } from '../../errors.ts';
import { readHeaders } from '../../message-headers.ts';
import { respondNatsError, respondNatsMessage } from '../../respond.ts';
import { againSubject } from '../stream.ts';

const queueGroup = 'q';
/** What the reply to a parked event that was handled now carries. */
export const handledNow: TSchema = Type.Object({});
/** Names the type of an event that is sent again. */
export const typeHeader = 'Event-Type';

/** Lets whoever may publish there have a parked event handled now, by one instance; what goes wrong is the reply. */
export function serveAgain(
  client: NatsClient,
  consumer: string,
  handle: (data: Uint8Array, type: string) => Promise<void>,
): Subscription {
  return client.connection.subscribe(againSubject(client.serviceName, consumer), {
    queue: queueGroup,
    callback: (refused, message) => {
      if (refused !== null) return;
      const type = readHeaders(message)(typeHeader) ?? '';
      handle(message.data, type).then(
        () => respondNatsMessage(message, handledNow, {}),
        (error: unknown) =>
          respondNatsError(message, error instanceof EventError ? badRequest(error.message) : error),
      );
    },
  });
}
