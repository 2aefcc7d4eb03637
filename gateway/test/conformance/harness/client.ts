// How the suite talks to a gateway: one request, and the answer with its status, its headers and the bytes of its body.
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { readAnswer } from '../../raw-client.ts';

/** What a gateway answered. */
export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string[]>;
  readonly body: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly json: Record<string, unknown> | undefined;
  readonly tookMs: number;
}

/** A header of an answer, its values in one; undefined when it is absent. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers[name]?.join(', ');
}

/** What is asked besides the path. */
export interface Question {
  readonly method?: string;
  /** A list sends the header more than once. `host` is the gateway's own unless it is given. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** @default a connection of its own */
  readonly agent?: Agent;
}

const deadlineMs = 30_000;

function parseJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** Opens a request whose body the caller writes and ends; the path goes out as it stands. */
export function openRequest(baseUrl: string, path: string, question: Question = {}): ClientRequest {
  const { hostname, port, host } = new URL(baseUrl);
  const headers = Object.entries({ host, ...question.headers }).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
  return request({
    host: hostname,
    port,
    path,
    method: question.method ?? 'GET',
    headers,
    agent: question.agent ?? false,
    signal: AbortSignal.timeout(deadlineMs),
  });
}

/** Waits for the head of the answer. */
export function headOf(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
}

/** Reads the rest of an answer. */
export async function readAll(incoming: IncomingMessage, sentAt = performance.now()): Promise<Answer> {
  const chunks: Buffer[] = await Array.fromAsync(incoming);
  const body = Buffer.concat(chunks);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headersDistinct,
    body,
    json: parseJson(body),
    tookMs: performance.now() - sentAt,
  };
}

/** Sends a request and reads the whole answer; fails when it does not come within 30 s. */
export async function ask(baseUrl: string, path: string, question: Question = {}): Promise<Answer> {
  const sentAt = performance.now();
  const { body } = question;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = openRequest(baseUrl, path, { ...question, headers: { ...length, ...question.headers } });
  sent.end(body);
  return readAll(await headOf(sent), sentAt);
}

/** A connection of its own. */
export function openSocket(baseUrl: string): Promise<Socket> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 80), hostname, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends exactly these bytes on a connection of their own and reads one answer; fails when none comes within 10 s. */
export async function sendBytes(baseUrl: string, bytes: string): Promise<Answer> {
  const sentAt = performance.now();
  const socket = await openSocket(baseUrl);
  const coming = readAnswer(socket);
  socket.write(Buffer.from(bytes, 'latin1'));
  try {
    const { status, headers, body, json } = await coming;
    return {
      status,
      headers: Object.fromEntries([...headers].map(([name, value]) => [name, [value]])),
      body: Buffer.from(body, 'latin1'),
      json,
      tookMs: performance.now() - sentAt,
    };
  } finally {
    socket.destroy();
  }
}
