import { defineEvent, hearEvents, type NatsClient, onEvent } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';
import type { Logger } from 'pino';
import type { Revocations } from './revocations.ts';

/** What whoever verifies keys tells of one that is revoked: `hash` is its SHA-256. */
const apiKeyRevoked = defineEvent({
  type: 'events.auth.apikey.revoked',
  data: Type.Object({
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    endsAt: Type.Optional(Type.String({ description: 'Until then the key is good; absent: it is over' })),
  }),
  description: 'An API key is refused from now on, or from `endsAt` on',
});

/**
 * Tells `revocations` what is told on NATS. What was told while NATS was away nobody hears: afterwards every key has to be
 * confirmed.
 */
export function hearRevocations(
  client: NatsClient,
  opening: AsyncDisposableStack,
  { revocations, logger }: { revocations: Revocations; logger: Logger },
): void {
  const heard = onEvent(apiKeyRevoked, ({ data: { hash, endsAt } }) => {
    revocations.revoke(hash, endsAt === undefined ? undefined : Date.parse(endsAt));
  });
  const listener = hearEvents(client, [heard], { logger });
  opening.defer(() => listener.close());
  opening.defer(client.onReconnect(() => revocations.missed()));
}
