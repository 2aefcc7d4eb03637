import type { Server } from './server.ts';

/** A server that somebody else runs, at an address that the environment gave: used and never touched. */
export class ExternalServer implements Server {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly external = true as const;
  readonly pid = undefined;

  /** @throws Error when the address is no URL */
  constructor(name: string, url: string, usualPort: number) {
    if (!URL.canParse(url))
      throw new Error(`the address given for ${name} is not a URL: ${name}://host:port`);
    const { hostname, port } = new URL(url);
    this.name = name;
    this.url = url;
    this.host = hostname;
    this.port = port === '' ? usualPort : Number(port);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async kill(): Promise<void> {
    this.#refuse();
  }

  pause(): void {
    this.#refuse();
  }

  resume(): void {
    this.#refuse();
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #refuse(): never {
    throw new Error(`${this.name} was given by its address and is not ours to end`);
  }
}
