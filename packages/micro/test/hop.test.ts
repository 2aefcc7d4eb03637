import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Controller,
  connectNats,
  createRouter,
  defineEndpoint,
  type Endpoint,
  type NatsClient,
  type NatsGroup,
  requestNats,
} from '@tsmicro/micro';
import { currentContext, type Routes, timeLeftMs } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { type Server, startNats } from '@tsmicro/stack';

const Nothing = Type.Object({});
/** What a hop saw of the request, and every hop behind it. */
const Seen = Type.Object({
  requestId: Type.String(),
  traceparent: Type.Optional(Type.String()),
  tracestate: Type.Optional(Type.String()),
  leftMs: Type.Number(),
});
const Trail = Type.Object({ trail: Type.Array(Seen) });

const hop = (service: string) =>
  defineEndpoint({
    service,
    name: 'hop',
    request: Nothing,
    reply: Trail,
    summary: 'Where a request has been',
  });
const second = hop('second');
const third = hop('third');

class Hop extends Controller {
  readonly #client: NatsClient;
  readonly #here: Endpoint<typeof Nothing, typeof Trail> | undefined;
  readonly #next: Endpoint<typeof Nothing, typeof Trail> | undefined;

  constructor(client: NatsClient, at: { here?: typeof second; next?: typeof second }) {
    super('/');
    this.#client = client;
    this.#here = at.here;
    this.#next = at.next;
  }

  mountRoutes(routes: Routes): void {
    routes.get('/hop', { data: Trail }, () => this.pass());
  }

  override mountNats(group: NatsGroup): void {
    if (this.#here) group.addEndpoint(this.#here, () => this.pass());
  }

  async pass() {
    const context = currentContext();
    assert.ok(context);
    const { requestId, traceparent, tracestate } = context;
    const seen = {
      requestId,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
      leftMs: timeLeftMs() ?? -1,
    };
    const behind = this.#next ? (await requestNats(this.#client, this.#next, {})).trail : [];
    return { trail: [seen, ...behind] };
  }
}

let server: Server;
let address: string;
const open = new AsyncDisposableStack();

async function openHop(name: string, at: { here?: typeof second; next?: typeof second }): Promise<string> {
  const client = open.use(
    await connectNats({ natsUrl: server.url, natsServiceName: name, natsServiceVersion: '1.0.0' }),
  );
  const router = open.use(createRouter({ natsClient: client }));
  router.loadControllers([new Hop(client, at)]);
  return router.start({ host: '127.0.0.1', port: 0 });
}

before(async () => {
  server = open.use(await startNats());
  await openHop('third', { here: third });
  await openHop('second', { here: second, next: third });
  address = await openHop('first', { next: second });
});
after(() => open.disposeAsync());

async function trailOf(headers: Record<string, string>) {
  const response = await fetch(`${address}/hop`, { headers });
  const { data } = (await response.json()) as { data: { trail: Type.Static<typeof Seen>[] } };
  return { response, trail: data.trail };
}

test('hop: over HTTP and twice over NATS a request keeps its id and its trace, and has less and less time', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { response, trail } = await trailOf({
    'x-request-id': 'from-outside',
    'x-deadline-ms': '1500',
    traceparent,
    tracestate: 'vendor=1',
  });
  assert.equal(response.headers.get('x-request-id'), 'from-outside');
  assert.equal(trail.length, 3);
  for (const seen of trail) {
    assert.equal(seen.requestId, 'from-outside');
    assert.equal(seen.traceparent, traceparent);
    assert.equal(seen.tracestate, 'vendor=1');
  }
  const left = trail.map(({ leftMs }) => leftMs);
  assert.ok(
    left.every((ms, i) => ms > 0 && ms <= (left[i - 1] ?? 1_500)),
    left.join(' '),
  );
});

test('hop: without an id one is made, the same for all; a trace in another form is dropped', async () => {
  for (const traceparent of [
    'rubbish',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    `ff-${'1'.repeat(51)}`,
  ]) {
    const { response, trail } = await trailOf({ traceparent });
    const id = response.headers.get('x-request-id');
    assert.ok(id);
    assert.deepEqual([...new Set(trail.map(({ requestId }) => requestId))], [id]);
    assert.ok(trail.every((seen) => seen.traceparent === undefined));
  }
});

test('hop: without time left nothing is passed on', async () => {
  const response = await fetch(`${address}/hop`, { headers: { 'x-deadline-ms': '0' } });
  assert.equal(response.status, 504);
});
