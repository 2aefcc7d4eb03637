// The streams of events and the durable consumers of those who hear of them, as JetStream's API wants them
// (https://docs.nats.io/reference/reference-protocols/nats_api_reference), in the words of nats-server 2.9. Made by the
// user for that, in the stack and, by deploy/make-streams.ts, in production: a service only uses them.
import { ask } from './ask.ts';

const nanoseconds = 1_000_000_000;
const day = 86_400;
const mebibyte = 1024 * 1024;
const tryMs = 200;

/** Whose events a service hears: the services whose contract it is built on, its own among them. */
export interface Hearer {
  readonly service: string;
  readonly hears: readonly string[];
}

/** What is to be there. */
export interface EventStreams {
  readonly hearers: readonly Hearer[];
  /** On how many servers of a cluster each message is. @default 1 */
  readonly replicas?: number;
}

/** The durable consumer by which all instances of a service together hear of another's events. */
export const durableName = (service: string, heard: string) => `${service}-${heard}`;

/** What one of JetStream's API is asked, in order. */
interface Wanted {
  readonly subject: string;
  /** Where it is there already with other limits. */
  readonly update?: string;
  readonly config: object;
}

function stream(name: string, subjects: readonly string[], bounds: object): Wanted {
  return {
    subject: `$JS.API.STREAM.CREATE.${name}`,
    update: `$JS.API.STREAM.UPDATE.${name}`,
    config: {
      name,
      subjects,
      retention: 'limits',
      storage: 'file',
      discard: 'old',
      duplicate_window: 120 * nanoseconds,
      allow_direct: true,
      ...bounds,
    },
  };
}

/** One message at a time for all instances together: that is what keeps the order. */
function durable(service: string, heard: string): Wanted {
  const name = durableName(service, heard);
  return {
    subject: `$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.${name}`,
    config: {
      stream_name: 'EVENTS',
      config: {
        durable_name: name,
        filter_subject: `events.${heard}.>`,
        deliver_policy: 'all',
        ack_policy: 'explicit',
        // An instance says every second that it is still at work.
        ack_wait: 4 * nanoseconds,
        max_ack_pending: 1,
        max_deliver: -1,
        replay_policy: 'instant',
      },
    },
  };
}

function wantedOf({ hearers, replicas = 1 }: EventStreams): Wanted[] {
  const shared = { max_msg_size: mebibyte / 2, num_replicas: replicas };
  return [
    stream('EVENTS', ['events.>'], { max_age: 7 * day * nanoseconds, max_bytes: 512 * mebibyte, ...shared }),
    stream('PARKED', ['parked.>'], { max_age: 90 * day * nanoseconds, max_bytes: 128 * mebibyte, ...shared }),
    ...hearers.flatMap(({ service, hears }) => hears.map((heard) => durable(service, heard))),
  ];
}

interface Answer {
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/** The stream is there with another configuration. */
const otherConfiguration = 10_058;

async function request(url: string, subject: string, payload: string): Promise<Answer> {
  const { hostname, port, username, password } = new URL(url);
  const [user, pass] = [username, password].map(decodeURIComponent);
  const connect = JSON.stringify({ verbose: false, ...(user && { user, pass }) });
  const inbox = '_INBOX.setup.answer';
  const question = [
    `CONNECT ${connect}`,
    `SUB ${inbox} 1`,
    `PUB ${subject} ${inbox} ${Buffer.byteLength(payload)}`,
    payload,
    '',
  ].join('\r\n');
  const said = await ask(hostname, Number(port), question, /MSG [\s\S]*\}\r\n|-ERR.*\r\n/);
  const [, json] = /MSG [^\r]*\r\n([\s\S]*\})\r\n/.exec(said) ?? [];
  if (json === undefined) throw new Error(/-ERR.*/.exec(said)?.[0] ?? 'no answer');
  return JSON.parse(json) as Answer;
}

async function make(url: string, { subject, update, config }: Wanted): Promise<void> {
  const payload = JSON.stringify(config);
  let { error } = await request(url, subject, payload);
  if (error?.err_code === otherConfiguration && update !== undefined)
    ({ error } = await request(url, update, payload));
  if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
}

/**
 * Makes streams and consumers, or changes them to what they are to be; what is there already keeps what it has. `url` may
 * be several, of one cluster: the first that answers is asked. Tries until the signal aborts: a cluster chooses its leader first.
 * @throws {Error} with what the server said last
 */
export async function makeEventStreams(
  url: string,
  wanted: EventStreams,
  signal: AbortSignal,
): Promise<void> {
  const urls = url.split(',');
  for (let turn = 0; ; turn++) {
    try {
      for (const one of wantedOf(wanted)) await make(urls[turn % urls.length] ?? url, one);
      return;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (signal.aborted) throw new Error(`the streams of events could not be made: ${reason}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, tryMs));
    }
  }
}
