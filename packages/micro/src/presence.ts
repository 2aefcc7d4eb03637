import { addressMetadata, type OwnAddresses } from './advertised-address.ts';
import type { NatsClient } from './client.ts';
import { NatsService } from './service.ts';

/** What discovery shows of a process without endpoints. */
export interface PresenceOptions extends OwnAddresses {
  /** One line about it. */
  readonly description: string;
  /** What discovery shows besides its addresses. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A process that others find. */
export interface Presence extends AsyncDisposable {
  /** Says LEAVING and is found no more. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Takes part in the services protocol without an endpoint, under the name of the client: for a process that is no service
 * and is to be found all the same.
 */
export async function openPresence(client: NatsClient, options: PresenceOptions): Promise<Presence> {
  const { description, metadata = {}, ...addresses } = options;
  const service = new NatsService(client, {
    name: client.serviceName,
    id: client.instanceId,
    version: client.serviceVersion,
    description,
    metadata: { ...metadata, instance: client.instanceId },
  });
  await service.start(addressMetadata(addresses));
  const close = () => service.leave();
  return { close, [Symbol.asyncDispose]: close };
}
