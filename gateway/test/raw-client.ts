// A client that sends exactly the bytes it is given: what HTTP libraries refuse to send is what is tested.
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: Record<string, unknown> | undefined;
}

const deadlineMs = 10_000;

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined as long as it is not whole; `ended` when no more can come. */
export function parseAnswer(text: string, ended: boolean): RawAnswer | undefined {
  const split = text.indexOf('\r\n\r\n');
  if (split === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, split).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  if (status === 100) return parseAnswer(text.slice(split + 4), ended);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = text.slice(split + 4);
  const length = headers.get('content-length');
  const whole = length === undefined ? body.endsWith('0\r\n\r\n') : Buffer.byteLength(body) >= Number(length);
  return whole || ended ? { status, headers, body, json: parseJson(body) } : undefined;
}

export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes on a connection of their own and reads one answer; fails when none comes within 10 s. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = await openSocket(port);
  const answer = readAnswer(socket);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

/** Reads one answer from a socket; fails when none comes in time. */
export function readAnswer(socket: Socket, withinMs = deadlineMs): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`no answer, only: ${text}`)), withinMs);
    const settle = (ended: boolean) => {
      const answer = parseAnswer(text, ended);
      if (answer !== undefined) {
        clearTimeout(timer);
        resolve(answer);
      } else if (ended) {
        clearTimeout(timer);
        reject(new Error(`closed without an answer, after: ${text}`));
      }
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      settle(false);
    });
    socket.once('close', () => settle(true));
    // A reset is seen as a close.
    socket.on('error', () => undefined);
  });
}

/** A request as text, with the headers every request here needs. */
export function requestText(line: string, headers: readonly string[] = [], body = ''): string {
  return `${[line, 'host: gateway', 'x-api-key: a-known-key', ...headers].join('\r\n')}\r\n\r\n${body}`;
}
