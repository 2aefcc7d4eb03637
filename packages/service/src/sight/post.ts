import type { NatsClient } from '@tsmicro/micro';
import { compileParser, type Parser, parseJson } from '@tsmicro/network';
import type { Static, TSchema } from '@tsmicro/schema';
import type { SeenSpan, Sight, SlowRequest } from '@tsmicro/telemetry';
import {
  CollectMessage,
  SightLeaseMessage,
  type SlowRequestMessage,
  type SpansMessage,
  sightSubject,
} from './message.ts';

/** What connects a process with those who look. */
export interface SightPost {
  /** Hears and tells no more. Safe to call twice. */
  close(): void;
}

/** So many spans are some 100 KiB, far below what a message may be. */
const spansInMessage = 512;
const longestName = 300;

const cut = (name: string) => name.slice(0, longestName) || 'unnamed';

/** Compiled when somebody looks for the first time: most processes are never looked at. */
function lazily<S extends TSchema>(schema: S): Parser<Static<S>> {
  let parser: Parser<Static<S>> | undefined;
  return (value) => {
    parser ??= compileParser(schema, { root: 'sight' });
    return parser(value);
  };
}

const parseLease = lazily(SightLeaseMessage);
const parseCollect = lazily(CollectMessage);

/** Lets whoever may say so on NATS look at this process; see message.ts for what is said. */
export function openSightPost(client: NatsClient, sight: Sight): SightPost {
  const { connection, serviceName, instanceId } = client;
  const tell = (subject: string, message: SlowRequestMessage | SpansMessage) => {
    if (!connection.isClosed() && !connection.isDraining())
      connection.publish(subject, JSON.stringify(message));
  };
  const tellSlow = ({ traceId, name, durationMs }: SlowRequest) =>
    tell(sightSubject.slow(serviceName), { traceId, name: cut(name), durationMs });
  const tellSpans = (found: readonly SeenSpan[]) => {
    for (let at = 0; at < found.length; at += spansInMessage) {
      const spans = found.slice(at, at + spansInMessage).map((span) => ({ ...span, name: cut(span.name) }));
      tell(sightSubject.spans(serviceName), { instance: instanceId, spans });
    }
  };
  const endSlow = sight.onSlow(tellSlow);
  const hear = (subject: string, take: (value: unknown) => void) =>
    connection.subscribe(subject, {
      callback: (refused, { data }) => {
        if (refused !== null) return;
        try {
          take(parseJson(data));
        } catch {
          // Who says something else is not answered.
        }
      },
    });
  const subscriptions = [
    hear(sightSubject.watch, (value) => sight.watch(parseLease(value))),
    hear(sightSubject.collect, (value) => tellSpans(sight.collect(parseCollect(value).traceIds))),
  ];
  return {
    close() {
      endSlow();
      for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
    },
  };
}
