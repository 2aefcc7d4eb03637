import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeJson } from '../home/home.ts';
import { loopback } from '../servers/port.ts';
import type { ControlAddress } from './protocol.ts';

/** What was asked and what is to be answered: a status and a JSON value. */
export type ControlHandler = (method: string, path: readonly string[]) => Promise<readonly [number, unknown]>;

function carries(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The ear of the running launcher: answers those who know the token, on a free port of loopback. */
export class ControlServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #file: string;

  private constructor(server: Server, file: string) {
    this.#server = server;
    this.#file = file;
  }

  /** Listens, and writes down where. */
  static async open(file: string, handle: ControlHandler): Promise<ControlServer> {
    const token = randomBytes(24).toString('hex');
    const server = createServer(async (request, response) => {
      const [status, body] = carries(request, token)
        ? await handle(request.method ?? '', (request.url ?? '').split('/').slice(1)).catch(
            (error: unknown) => [500, { message: String(error) }] as const,
          )
        : [401, { message: 'the token of .stack/control.json is missing' }];
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(body));
    });
    server.listen(0, loopback);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address: ControlAddress = { port, token, pid: process.pid };
    writeJson(file, address);
    return new ControlServer(server, file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#file, { force: true });
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
