import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats, type NatsClient } from '@tsmicro/micro';
import { findPort, makeEventStreams, type Server, startNats, startRedis } from '@tsmicro/stack';
import type { Snapshot } from '../../src/watch/snapshot.ts';
import { Watch } from '../../src/watch/watch.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const wordProcess = join(import.meta.dirname, 'word-process.ts');

const declaration = `_format_version: "3.0"
services:
  - name: asker
    url: http://asker:8000
    tags: ["nats:asker"]
    routes:
      - name: words
        paths: ["~/asker(?:/|$)"]
        strip_path: true
`;

/** The first snapshot, from now on, for which `holds`; somebody looks until then. */
export async function untilSeen(
  watch: Watch,
  what: string,
  ms: number,
  holds: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const viewer = watch.join();
  const { promise, resolve, reject } = Promise.withResolvers<Snapshot>();
  let last: Snapshot | undefined;
  const fail = () => reject(new Error(`not ${what} within ${ms} ms: ${JSON.stringify(last, null, 1)}`));
  const timer = setTimeout(fail, ms);
  viewer.onSnapshot((snapshot) => {
    last = snapshot;
    if (holds(snapshot)) resolve(snapshot);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    viewer.leave();
  }
}

/** A small system of real processes: the gateway, an asker, a teller, NATS and Redis; and a watch on it. */
export class Town implements AsyncDisposable {
  readonly gateway: string;
  readonly client: NatsClient;
  readonly watch: Watch;
  readonly #servers: { nats: Server; redis: Server };
  readonly #opened: AsyncDisposableStack;

  private constructor(parts: {
    gateway: string;
    client: NatsClient;
    servers: { nats: Server; redis: Server };
    opened: AsyncDisposableStack;
  }) {
    this.gateway = parts.gateway;
    this.client = parts.client;
    this.#servers = parts.servers;
    this.#opened = parts.opened;
    this.watch = new Watch({ natsClient: this.client, gatewayUrl: this.gateway });
    this.#opened.defer(() => this.watch.close());
  }

  static async open(): Promise<Town> {
    await using opening = new AsyncDisposableStack();
    const [nats, redis] = await Promise.all([startNats(), startRedis()]);
    opening.use(nats);
    opening.use(redis);
    await makeEventStreams(nats.url, { hearers: [] }, AbortSignal.timeout(10_000));
    const client = opening.use(
      await connectNats({ natsUrl: nats.url, natsServiceName: 'console', natsServiceVersion: '1.0.0' }),
    );
    const folder = await mkdtemp(join(tmpdir(), 'tsmicro-town-'));
    opening.defer(() => rm(folder, { recursive: true, force: true }));
    const kong = join(folder, 'kong.yml');
    await writeFile(kong, declaration);
    const port = await findPort();
    const servers = { nats, redis };
    const opened = opening.use(new AsyncDisposableStack());
    const town = new Town({ gateway: `http://127.0.0.1:${port}`, client, servers, opened });
    await Promise.all([
      town.spawn('asker'),
      town.spawn('teller'),
      town.#spawn(join(root, 'gateway', 'src', 'main.ts'), [], {
        SERVER_PORT: String(port),
        KONG_CONFIG: kong,
      }),
    ]);
    opened.adopt(opening.move(), (rest) => rest.disposeAsync());
    return town;
  }

  /** Starts one more process of a name; it is ready when this resolves. */
  spawn(name: 'asker' | 'teller'): Promise<ChildProcess> {
    return this.#spawn(wordProcess, [name], { SERVER_PORT: '0' });
  }

  /** Where NATS is. */
  get nats(): string {
    return this.#servers.nats.url;
  }

  /** Asks for words through the gateway, one after the other. @returns the statuses */
  async ask(...words: string[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const word of words) {
      const { status, body } = await fetch(`${this.gateway}/asker/word/${word}`);
      await body?.cancel();
      statuses.push(status);
    }
    return statuses;
  }

  /** {@link untilSeen} by the town's own watch. */
  until(what: string, ms: number, holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return untilSeen(this.watch, what, ms, holds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }

  async #spawn(file: string, words: readonly string[], variables: NodeJS.ProcessEnv): Promise<ChildProcess> {
    const { nats, redis } = this.#servers;
    const { hostname, port } = new URL(redis.url);
    const child = spawn(process.execPath, [file, ...words], {
      env: {
        PATH: process.env.PATH,
        NATS_URL: nats.url,
        REDIS_HOST: hostname,
        REDIS_PORT: port,
        METRICS_PORT: '0',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#opened.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    assert.ok(child.stdout);
    let said = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      said += String(chunk);
      if (said.includes('is ready')) break;
    }
    assert.match(said, /is ready/, `${words} started`);
    child.stdout.resume();
    return child;
  }
}
