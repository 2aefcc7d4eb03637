// The headers of messages, written and read without the client library's map of them: that one costs more than the rest
// of a small message. The form is that of NATS (ADR-4): a line `NATS/1.0`, then `name: value` lines of printable ASCII.
import type { Msg, MsgHdrs } from '@nats-io/transport-node';

const encoder = new TextEncoder();

/** Headers as they are sent. */
export class Headers {
  /** The whole block, in ASCII. */
  readonly text: string;

  constructor(lines: string) {
    this.text = `NATS/1.0\r\n${lines}\r\n`;
  }

  encode(): Uint8Array {
    return encoder.encode(this.text);
  }
}

/** The client library only ever asks headers that it publishes for their bytes. */
export function toMsgHdrs(headers: Headers): MsgHdrs {
  return headers as unknown as MsgHdrs;
}

/** Headers out of names and values, which must be printable ASCII without line breaks. */
export function encodeHeaders(fields: Readonly<Record<string, string | undefined>>): Headers {
  let lines = '';
  for (const name in fields) if (fields[name] !== undefined) lines += `${name}: ${fields[name]}\r\n`;
  return new Headers(lines);
}

interface RawMessage {
  readonly _rdata?: unknown;
  readonly _msg?: { readonly hdr?: unknown };
}

/** The bytes of the headers where the library keeps them; undefined when there are none, or it keeps them elsewhere. */
function rawHeaders(message: Msg): Buffer | undefined {
  const { _rdata: bytes, _msg: parts } = message as unknown as RawMessage;
  const length = parts?.hdr;
  if (!(bytes instanceof Uint8Array) || typeof length !== 'number' || length < 0) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, length);
}

/** Reads single headers of one message. */
export type HeaderReader = (name: string) => string | undefined;

const noHeader: HeaderReader = () => undefined;

/** Reads the headers of a message; of a repeated one the first, as the library does. Names are compared as they are. */
export function readHeaders(message: Msg): HeaderReader {
  const text = rawHeaders(message)?.toString('latin1');
  if (text === undefined) {
    const { headers } = message;
    return headers === undefined ? noHeader : (name) => headers.get(name) || undefined;
  }
  return (name) => {
    const at = text.indexOf(`\r\n${name}:`);
    if (at === -1) return undefined;
    const from = at + name.length + 3;
    return text.slice(from, text.indexOf('\r\n', from)).trim() || undefined;
  };
}

/** Whether the server itself replied that nobody answers this subject (ADR-4, status 503). */
export function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
