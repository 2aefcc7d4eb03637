// How messages leave. The client library encodes the command, the headers and the payload of every message one by one,
// copies them together and checks subjects that are known to be good; here a message is one text, encoded once, put into
// the library's own output buffer and flushed with it. Where the library has no such buffer, its `publish` is used.
// PUB and HPUB are specified in https://docs.nats.io/reference/reference-protocols/nats-protocol.
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { type Headers, toMsgHdrs } from './message-headers.ts';

/** One message on its way out; its subjects come from contracts and inboxes, never from users. */
export interface OutgoingMessage {
  subject: string;
  reply?: string | undefined;
  headers?: Headers | undefined;
  payload: string;
}

/** The output side of the library's connection, as far as it is used here. */
interface Output {
  sendCommand(bytes: Uint8Array): void;
  noMorePublishing: boolean;
  connected: boolean;
  outMsgs: number;
  outBytes: number;
}

function isOutput(value: Partial<Output> | undefined): value is Output {
  return (
    typeof value?.sendCommand === 'function' &&
    typeof value.noMorePublishing === 'boolean' &&
    typeof value.connected === 'boolean' &&
    typeof value.outMsgs === 'number' &&
    typeof value.outBytes === 'number'
  );
}

/** The library's output side; undefined when this version of it has another form, or may not be written to now. */
function outputOf(owner: unknown): Output | undefined {
  const value = owner as Partial<Output> | undefined;
  return isOutput(value) && value.connected && !value.noMorePublishing ? value : undefined;
}

/** The whole message; undefined when it is larger than the server takes. ASCII, as most JSON is, needs no encoding. */
function toBytes(
  { subject, reply, headers, payload }: OutgoingMessage,
  maxPayload: number,
): Uint8Array | undefined {
  const size = Buffer.byteLength(payload);
  const headerText = headers?.text ?? '';
  const length = size + headerText.length;
  if (length > maxPayload) return undefined;
  const to = reply === undefined ? subject : `${subject} ${reply}`;
  const command = headers === undefined ? `PUB ${to} ${length}` : `HPUB ${to} ${headerText.length} ${length}`;
  const text = `${command}\r\n${headerText}${payload}\r\n`;
  return Buffer.from(text, size === payload.length ? 'latin1' : 'utf8');
}

function send(output: Output | undefined, maxPayload: number, message: OutgoingMessage): boolean {
  const bytes = output && toBytes(message, maxPayload);
  if (output === undefined || bytes === undefined) return false;
  output.sendCommand(bytes);
  output.outMsgs++;
  output.outBytes += bytes.length;
  return true;
}

const defaultMaxPayload = 1024 * 1024;

/** Publishes a message. @throws {Error} the library's, when the connection is closed or the message is too large */
export function publish(connection: NatsConnection, message: OutgoingMessage): void {
  const { protocol } = connection as unknown as { protocol?: unknown };
  const maxPayload = connection.info?.max_payload ?? defaultMaxPayload;
  if (send(outputOf(protocol), maxPayload, message)) return;
  const { subject, reply, headers, payload } = message;
  connection.publish(subject, payload, {
    ...(reply === undefined ? {} : { reply }),
    ...(headers === undefined ? {} : { headers: toMsgHdrs(headers) }),
  });
}

/** Replies to a message; one that asked for no reply gets none. @throws {Error} as {@link publish} */
export function respond(request: Msg, payload: string, headers?: Headers): void {
  const { publisher } = request as unknown as { publisher?: { info?: { max_payload?: number } } };
  const { reply } = request;
  if (!reply) return;
  const maxPayload = publisher?.info?.max_payload ?? defaultMaxPayload;
  if (send(outputOf(publisher), maxPayload, { subject: reply, headers, payload })) return;
  request.respond(payload, headers === undefined ? {} : { headers: toMsgHdrs(headers) });
}
