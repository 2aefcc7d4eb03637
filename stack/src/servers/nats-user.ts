// Who may say and hear what on NATS (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization).
// deploy/nats.conf says the same for production.

import { durableName } from './event-streams.ts';

/** Subjects, with wildcards, that a user may publish to and subscribe to. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Who may sign in at a NATS server. */
export interface NatsUser {
  readonly name: string;
  readonly password: string;
  readonly permissions: NatsPermissions;
}

/** Who answers a request may answer it once, and has as long as the slowest of requests. */
const oneAnswer = { max: 1, expires: '10s' } as const;

/** What a consumer of events needs of JetStream: to know that it is there, to pull, to acknowledge. */
function consumerSubjects(durable: string): string[] {
  const place = `EVENTS.${durable}`;
  return [`$JS.API.CONSUMER.INFO.${place}`, `$JS.API.CONSUMER.MSG.NEXT.${place}`, `$JS.ACK.${place}.>`];
}

/**
 * What everybody may who shows himself to those who look for instances; and who tells, to those who look on, how the
 * requests went that took long: `sight.watch` says that somebody looks, `sight.collect` asks for requests by their trace.
 */
function shownPermissions(name: string): NatsPermissions {
  const discovery = ['$SRV.PING', '$SRV.INFO', '$SRV.STATS', `$SRV.*.${name}`, `$SRV.*.${name}.>`];
  return {
    publish: [`$SRV.READY.${name}.>`, `$SRV.LEAVING.${name}.>`, `sight.${name}.>`],
    subscribe: [...discovery, `_INBOX.${name}.>`, 'sight.watch', 'sight.collect'],
  };
}

/**
 * A service answers what stands below its own name, shows itself to those who look for it, and asks only `asked`. It hears of
 * its own events and of theirs. It tells of what happened to its own, and parks what it could not handle; only an operator, or
 * an administrator by the console, has it try that again. Nobody but auth may answer for auth: else any service could say who
 * a token belongs to.
 */
export function servicePermissions(name: string, asked: readonly string[]): NatsPermissions {
  const shown = shownPermissions(name);
  return {
    publish: [
      ...shown.publish,
      `${name}.notice.>`,
      ...asked.map((other) => `${other}.>`),
      `events.${name}.>`,
      `parked.${name}.>`,
      ...asked.flatMap((other) => consumerSubjects(durableName(name, other))),
    ],
    subscribe: [
      `${name}.>`,
      ...shown.subscribe,
      ...asked.map((other) => `${other}.notice.>`),
      ...[name, ...asked].map((other) => `events.${other}.>`),
      `again.${name}.>`,
    ],
  };
}

/** What it takes of JetStream to read events and parked ones, to see how far their consumers are, and to take a parked one out. */
const readingSubjects = [
  ...['EVENTS', 'PARKED'].flatMap((stream) => [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
  ]),
  '$JS.API.CONSUMER.LIST.EVENTS',
  '$JS.API.STREAM.MSG.GET.PARKED',
  '$JS.API.STREAM.MSG.DELETE.PARKED',
];

/** A site asks the gateway, over HTTP; one that `observes` looks on everybody, and has parked events tried again. */
export function sitePermissions(name: string, { observes }: { observes: boolean }): NatsPermissions {
  const shown = shownPermissions(name);
  if (!observes) return shown;
  return {
    publish: [...shown.publish, '$SRV.STATS', ...readingSubjects, 'again.>', 'sight.watch', 'sight.collect'],
    subscribe: [...shown.subscribe, '$SRV.READY.>', '$SRV.LEAVING.>', 'events.>', 'sight.>'],
  };
}

const { publish: gatewayTells, subscribe: gatewayHears } = shownPermissions('gateway');

/** The gateway looks for instances, by the name of a service: what anybody may answer it does not ask. */
export const gatewayPermissions: NatsPermissions = {
  publish: [...gatewayTells, '$SRV.INFO.*', '$SRV.PING.*'],
  subscribe: [...gatewayHears, '$SRV.READY.>', '$SRV.LEAVING.>', 'events.auth.apikey.revoked'],
};

/** Whoever makes streams and consumers, which no service does by itself. */
export const setupPermissions: NatsPermissions = {
  publish: ['$JS.API.>'],
  subscribe: ['_INBOX.setup.>'],
};

/** A person who looks after the system. */
export const operatorPermissions: NatsPermissions = { publish: ['>'], subscribe: ['>'] };

/** The users as the server's configuration wants them. */
export function toAuthorization(users: readonly NatsUser[]): object {
  return {
    users: users.map(({ name, password, permissions: { publish, subscribe } }) => ({
      user: name,
      password,
      permissions: {
        publish: { allow: publish },
        subscribe: { allow: subscribe },
        allow_responses: oneAnswer,
      },
    })),
  };
}

/** The address of a server, or several separated by commas, with this user's name and password in it. */
export function asUser(url: string, { name, password }: Pick<NatsUser, 'name' | 'password'>): string {
  const credentials = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`;
  return url.replaceAll(/(nats:\/\/)(?:[^@,/]*@)?/g, `$1${credentials}@`);
}
