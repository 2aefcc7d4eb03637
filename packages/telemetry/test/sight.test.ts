import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import {
  Controller,
  createRouter,
  createTraceparent,
  currentContext,
  type Routes,
  traceIdOf,
} from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { Sight, type SlowRequest } from '../src/index.ts';
import { traceOperations } from '../src/span.ts';

const database = new OperationChannel<Operation>('postgres');
const served = new OperationChannel<Operation>('http.server');
const begin = () => ({ name: 'select', startedAt: performance.now() });

/** Looks into a database, and remembers what it would have sent on. */
class ShelfController extends Controller {
  sentOn: string | undefined;

  mountRoutes(routes: Routes): void {
    routes.get('/book', { data: Type.String() }, async () => {
      this.sentOn = currentContext()?.traceparent;
      await database.run(begin, async () => undefined);
      return 'there';
    });
  }
}

const sight = new Sight();
afterEach(() => sight.close());

async function openShelf() {
  const controller = new ShelfController('/');
  const router = createRouter();
  router.loadControllers([controller]);
  const address = await router.start({ host: '127.0.0.1', port: 0 });
  const ask = async (headers: Record<string, string> = {}) => {
    await (await fetch(`${address}/book`, { headers })).text();
    // The end of an answer is noticed after the client has it.
    while (sight.watching && sight.collect([traceIdOf(controller.sentOn ?? '')]).length < 2)
      await new Promise(setImmediate);
    return controller.sentOn ?? '';
  };
  return { ask, [Symbol.asyncDispose]: () => router.close() };
}

const spanIdOf = (traceparent: string) => traceparent.slice(36, 52);

test('sight: without a lease nobody listens, and after its end nobody does any more', async () => {
  assert.equal(database.observed, false);
  sight.watch({ leaseMs: 20, slowMs: 0 });
  assert.equal(database.observed, true);
  assert.equal(sight.watching, true);
  const deadline = performance.now() + 2_000;
  while (sight.watching) {
    assert.ok(performance.now() < deadline, 'the lease ends');
    await new Promise(setImmediate);
  }
  assert.equal(database.observed, false);
  assert.equal(served.observed, false);
});

test('sight: the spans of a request fit together, and their ids are those that are sent on', async () => {
  await using shelf = await openShelf();
  sight.watch({ leaseMs: 5_000, slowMs: 0 });
  const came = createTraceparent().replace(/00$/, '01');
  const sentOn = await shelf.ask({ traceparent: came });
  const [select, request] = sight.collect([traceIdOf(came)]);
  assert.equal(request?.kind, 'http.server');
  assert.equal(request?.name, 'GET /book');
  assert.equal(request?.status, 200);
  assert.equal(request?.parentId, spanIdOf(came));
  assert.equal(sentOn, `00-${traceIdOf(came)}-${request?.id}-01`);
  assert.deepEqual([select?.kind, select?.name, select?.outcome], ['postgres', 'select', 'ok']);
  assert.equal(select?.parentId, request?.id);
  assert.ok((select?.startedAt ?? 0) >= (request?.startedAt ?? 0));
  assert.ok(Math.abs((request?.startedAt ?? 0) - Date.now()) < 10_000, 'a time of day');
});

test('sight: a request that names no trace begins one', async () => {
  await using shelf = await openShelf();
  sight.watch({ leaseMs: 5_000, slowMs: 0 });
  const sentOn = await shelf.ask();
  const [select, request] = sight.collect([traceIdOf(sentOn)]);
  assert.equal(request?.parentId, undefined);
  assert.equal(request?.id, spanIdOf(sentOn));
  assert.equal(select?.parentId, request?.id);
});

test('sight: beside OpenTelemetry the spans are the same ones', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const end = traceOperations(provider.getTracer('test'));
  try {
    await using shelf = await openShelf();
    sight.watch({ leaseMs: 5_000, slowMs: 0 });
    const came = createTraceparent().replace(/00$/, '01');
    await shelf.ask({ traceparent: came });
    const ids = sight.collect([traceIdOf(came)]).map(({ id, parentId }) => [id, parentId]);
    const exported = exporter
      .getFinishedSpans()
      .map((span) => [span.spanContext().spanId, span.parentSpanContext?.spanId]);
    assert.deepEqual(ids, exported);
  } finally {
    end();
    await provider.shutdown();
  }
});

test('sight: work that belongs to no request is not remembered', async () => {
  sight.watch({ leaseMs: 5_000, slowMs: 0 });
  const operation: Operation = begin();
  await database.run(
    () => operation,
    async () => undefined,
  );
  assert.equal(operation.traceparent, undefined);
});

/** A request that took so long, in a trace of its own. */
function answer(durationMs: number): string {
  const operation: Operation = { name: '/book', startedAt: performance.now() - durationMs };
  served.start(operation);
  operation.status = 200;
  served.end(operation);
  return traceIdOf(operation.traceparent ?? '');
}

test('sight: of each quarter of a second the slowest request is told of, if it was slow', async () => {
  sight.watch({ leaseMs: 5_000, slowMs: 50 });
  const told = Promise.withResolvers<SlowRequest>();
  const end = sight.onSlow(told.resolve);
  answer(20);
  answer(70);
  const slowest = answer(300);
  answer(100);
  // Nobody waits this long for an answer: it is a stream.
  answer(60_000);
  const { traceId, name, durationMs } = await told.promise;
  assert.deepEqual([traceId, name], [slowest, '/book']);
  assert.ok(durationMs >= 300 && durationMs < 400);
  end();
});

test('sight: what is remembered has an end, and what was slow is told of before it is forgotten', () => {
  sight.watch({ leaseMs: 5_000, slowMs: 50 });
  let inTime = 0;
  const end = sight.onSlow(({ traceId }) => {
    inTime = sight.collect([traceId]).length;
  });
  const slow = answer(100);
  for (let i = 0; i < 5_000; i++) answer(1);
  assert.equal(inTime, 1);
  assert.deepEqual(sight.collect([slow]), []);
  const last = answer(1);
  assert.equal(sight.collect([last]).length, 1);
  end();
});
