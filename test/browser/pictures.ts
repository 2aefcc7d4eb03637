import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A number between 0 and 1 that the text decides. */
function chance(text: string, turn: number): number {
  let hash = 2_166_136_261 ^ turn;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Hills before a sky, different for each name. */
function landscape(name: string): string {
  const hue = Math.round(chance(name, 1) * 360);
  const sun = `<circle cx="${150 + chance(name, 2) * 900}" cy="${90 + chance(name, 3) * 130}" r="46" fill="hsl(${hue + 40} 90% 88%)"/>`;
  const hills = [0, 1, 2, 3].map((row) => {
    const base = 250 + row * 75;
    const points = Array.from(
      { length: 7 },
      (_, i) => `${i * 200} ${base - chance(name, 10 * row + i + 4) * 110}`,
    );
    const curve = points.slice(1).map((point, i) => `S${i * 200 + 100} ${base - 40},${point}`);
    return `<path d="M${points[0]} ${curve.join(' ')} V540 H0Z" fill="hsl(${hue + row * 14} 42% ${62 - row * 13}%)"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="540" viewBox="0 0 1200 540"><rect width="1200" height="540" fill="hsl(${hue + 20} 62% 80%)"/>${sun}${hills.join('')}</svg>`;
}

/** A place on the web where the pictures of articles lie: every path of it is a landscape. */
export class Pictures implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Pictures> {
    const server = createServer(({ url = '' }, response) => {
      response.setHeader('content-type', 'image/svg+xml').end(landscape(url));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Pictures(server);
  }

  /** The address of a picture. */
  url(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
