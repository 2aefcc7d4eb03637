import type { Person } from './person.ts';

/** What it takes to see a page for the first time, with nothing in the cache. */
export class FirstView {
  readonly path: string;
  /** All that came over the network, heads included. */
  readonly bytes: number;
  readonly requests: number;
  /** From the click to the end of loading. */
  readonly ms: number;

  private constructor(path: string, bytes: number, requests: number, ms: number) {
    this.path = path;
    this.bytes = bytes;
    this.requests = requests;
    this.ms = ms;
  }

  /** Opens the path as somebody whose browser knows nothing of it. */
  static async of(person: Person, path: string): Promise<FirstView> {
    const { context, page } = person;
    const devtools = await context.newCDPSession(page);
    let bytes = 0;
    let requests = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests++;
    });
    await devtools.send('Network.enable');
    await person.go(path);
    const ms = await page.evaluate<number>(
      'performance.getEntriesByType("navigation").map(({ loadEventStart }) => loadEventStart)[0]',
    );
    return new FirstView(path, bytes, requests, ms);
  }

  toString(): string {
    return `${this.path}: ${this.requests} requests, ${(this.bytes / 1_000).toFixed(1)} kB, ${Math.round(this.ms)} ms`;
  }
}
