import type { Logger } from '@tsmicro/dependency';
import type { NatsClient } from '../client.ts';
import { attempt } from './attempt.ts';
import { readEnvelope } from './envelope.ts';
import type { EventHandler } from './handler.ts';

/** Events as they pass by. */
export interface EventListener {
  /** Hears no more. Safe to call twice. */
  close(): void;
}

/** What one who hears of events may be told. */
export interface EventListenerOptions {
  logger?: Logger;
  /** How long a handler may take. @default 5000 */
  handlerTimeoutMs?: number;
}

/**
 * Hears of events while they are published, in every instance, for what each keeps in its own memory. What is published
 * while this instance is cut off from NATS it never hears of (see `NatsClient.onReconnect`), an event may come twice, and
 * one that a handler fails for does not come again: where that matters, use `openEventConsumer`.
 */
export function hearEvents(
  client: NatsClient,
  handlers: readonly EventHandler[],
  { logger, handlerTimeoutMs: timeoutMs = 5_000 }: EventListenerOptions = {},
): EventListener {
  const hear = async (handler: EventHandler, data: Uint8Array, subject: string) => {
    const event = readEnvelope(data, subject);
    const work = handler.prepare(event);
    await attempt({ event, work, consumer: client.serviceName, inbox: undefined, timeoutMs });
  };
  const subscriptions = handlers.map((handler) => {
    const { type } = handler.definition;
    const complain = (error: unknown) => logger?.warn({ err: error, type }, 'an event was heard in vain');
    return client.connection.subscribe(type, {
      callback: (refused, message) => {
        if (refused === null) hear(handler, message.data, message.subject).catch(complain);
        else complain(refused);
      },
    });
  });
  return {
    close() {
      for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
    },
  };
}
