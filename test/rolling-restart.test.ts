// Two instances of a service are restarted one after the other while both are asked, over HTTP by a client that does
// as a gateway does, and over NATS.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connectNats, type NatsClient, requestNats } from '@tsmicro/micro';
import { findPort, type Server, startNats } from '@tsmicro/stack';
import { countDeed } from './rolling/counter.ts';

const program = fileURLToPath(new URL('./rolling/service.ts', import.meta.url));
const exitMs = 10_000;
/** How long an instance is left alone that has said that it goes: longer than it goes on answering. */
const leavingMs = 3_000;
const askers = 8;
const atLeast = 10_000;

/** One instance of the service on a port of its own; what it did is kept over its restarts. */
class Instance {
  readonly port: number;
  readonly done: string[];
  readonly #natsUrl: string;
  #child: ChildProcess | undefined;

  constructor(port: number, natsUrl: string, done: string[]) {
    this.port = port;
    this.done = done;
    this.#natsUrl = natsUrl;
  }

  async start(): Promise<void> {
    const child = fork(program, {
      env: { ...process.env, NATS_URL: this.#natsUrl, PORT: String(this.port) },
    });
    this.#child = child;
    await new Promise<void>((resolve) =>
      child.on('message', (told: string) => {
        if (told === 'ready') resolve();
        else this.done.push(told);
      }),
    );
  }

  /** @returns the exit code, and how long it took */
  async terminate(): Promise<[code: unknown, ms: number]> {
    const startedAt = performance.now();
    const exited = once(this.#child ?? assert.fail('it was never started'), 'exit');
    this.#child?.kill('SIGTERM');
    const [code] = await exited;
    return [code, performance.now() - startedAt];
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}

/**
 * Asks one instance after the other; what was never sent is sent to the next, a GET also when its answer was lost. An
 * instance that closes a connection with its answer is about to go, and is not asked for a while.
 */
class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #ports: number[];
  readonly #leavingAt = new Map<number, number>();
  #turn = 0;

  constructor(instances: Instance[]) {
    this.#ports = instances.map(({ port }) => port);
  }

  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<number> {
    const turn = this.#turn++;
    for (let attempt = 0; ; attempt++) {
      const port = this.#portFor(turn + attempt, attempt > 0);
      try {
        return await this.#send(port, method, path, body);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        const again = code === 'ECONNREFUSED' || (code === 'ECONNRESET' && method === 'GET');
        if (!again || attempt === 2) throw error;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A second attempt goes to the other one, whatever is known of it. */
  #portFor(turn: number, again: boolean): number {
    const leftAt = (port: number) => this.#leavingAt.get(port) ?? Number.NEGATIVE_INFINITY;
    const now = performance.now();
    const staying = this.#ports.filter((port) => again || leftAt(port) + leavingMs < now);
    const [longestGone = 0] = this.#ports.toSorted((a, b) => leftAt(a) - leftAt(b));
    return staying[turn % staying.length] ?? longestGone;
  }

  #send(port: number, method: string, path: string, body: object | undefined): Promise<number> {
    const json = body === undefined ? '' : JSON.stringify(body);
    const headers = body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, method, path, agent: this.#agent, ...(headers && { headers }) },
        (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
          answer.once('error', reject);
          if (answer.headers.connection === 'close') this.#leavingAt.set(port, performance.now());
        },
      );
      sent.once('error', reject).end(json);
    });
  }
}

let nats: Server;
let asker: NatsClient;
const done: string[] = [];
const instances: Instance[] = [];
before(async () => {
  nats = await startNats();
  const identity = { natsServiceName: 'asker', natsServiceVersion: '1.0.0' };
  asker = await connectNats({ natsUrl: nats.url, ...identity });
  for (let i = 0; i < 2; i++) instances.push(new Instance(await findPort(), nats.url, done));
  await Promise.all(instances.map((instance) => instance.start()));
});
after(async () => {
  for (const instance of instances) instance.kill();
  await asker.close();
  await nats[Symbol.asyncDispose]();
});

test('rolling restart: of 10,000 requests over HTTP and NATS none fails, and nothing is done twice', async (t) => {
  const client = new Client(instances);
  const counts = { get: 0, post: 0, nats: 0 };
  const acknowledged: string[] = [];
  const failed: string[] = [];
  let restarting = true;
  let ids = 0;
  const total = () => counts.get + counts.post + counts.nats;
  const attempt = async (kind: keyof typeof counts, id: string): Promise<void> => {
    try {
      if (kind === 'get') assert.equal(await client.ask('GET', '/deed/none'), 200);
      else if (kind === 'post') assert.equal(await client.ask('POST', '/deed', { id }), 200);
      else await requestNats(asker, countDeed, { id });
      if (kind !== 'get') acknowledged.push(id);
    } catch (error) {
      failed.push(`${kind}: ${error}`);
    }
    counts[kind]++;
  };
  const ask = async (kind: keyof typeof counts): Promise<void> => {
    while (restarting || total() < atLeast) await attempt(kind, `${kind}-${ids++}`);
  };
  const asking = Promise.all(
    Array.from({ length: askers }, () => [ask('get'), ask('post'), ask('nats')]).flat(),
  );
  const startedAt = performance.now();
  while (total() < atLeast / 20) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const instance of instances) {
    const [code, ms] = await instance.terminate();
    t.diagnostic(`SIGTERM to exit ${Math.round(ms)} ms`);
    assert.equal(code, 0);
    assert.ok(ms < exitMs, `${ms} ms`);
    await instance.start();
  }
  restarting = false;
  await asking;
  client.close();
  const seconds = (performance.now() - startedAt) / 1_000;
  t.diagnostic(
    `${total()} requests in ${seconds.toFixed(1)} s: ${JSON.stringify(counts)}, ${failed.length} failed`,
  );
  assert.deepEqual(failed.slice(0, 5), []);
  assert.ok(total() >= atLeast);
  // The last ones may still be on their way from the instance to here.
  const toldBy = performance.now() + 5_000;
  while (done.length < acknowledged.length && performance.now() < toldBy) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(new Set(done).size, done.length, 'nothing was done twice');
  const odd = new Set(acknowledged).symmetricDifference(new Set(done));
  assert.deepEqual([...odd], [], 'what was acknowledged was done, and nothing else');
});

test('rolling restart: a request that hangs does not keep a service from ending within 10 s', async (t) => {
  const [instance] = instances;
  assert.ok(instance);
  const client = new Client([instance]);
  const hanging = client.ask('GET', '/deed/never').catch((error: Error) => error.message);
  assert.equal(await new Client([instance]).ask('GET', '/deed/none'), 200);
  const [code, ms] = await instance.terminate();
  t.diagnostic(`SIGTERM to exit ${Math.round(ms)} ms; the hanging request got ${await hanging}`);
  assert.equal(code, 0);
  assert.ok(ms < exitMs, `${ms} ms`);
});
