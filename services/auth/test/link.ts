import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on this machine on which bytes can be made to stay. */
export class Link implements AsyncDisposable {
  readonly #server: Server;
  readonly #ends = new Map<Socket, Socket>();
  #holding = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#ends.set(one, other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#ends.delete(one);
          other.destroy();
        });
        if (this.#holding) one.pause();
        else one.pipe(other);
      }
    });
  }

  static async to(target: number): Promise<Link> {
    const link = new Link(target);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing gets through, and nobody is told. */
  hold(): void {
    this.#holding = true;
    for (const [one, other] of this.#ends) one.unpipe(other).pause();
  }

  /** Ends every connection; what was held is lost. Safe to call twice. */
  async close(): Promise<void> {
    for (const end of this.#ends.keys()) end.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
