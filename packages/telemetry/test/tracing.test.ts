import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Operation, OperationChannel } from '@tsmicro/dependency';
import {
  Controller,
  connectNats,
  createRouter,
  defineEndpoint,
  type NatsGroup,
  requestNats,
} from '@tsmicro/micro';
import { notFound, type Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { startNats } from '@tsmicro/stack';
import { createLogger, openTelemetry } from '../src/index.ts';
import { Collector, type ReceivedSpan, toObject } from './collector.ts';

const Word = Type.Object({ word: Type.String() });
const echo = defineEndpoint({
  service: 'deep',
  name: 'echo',
  request: Word,
  reply: Word,
  summary: 'Says it back',
});
const database = new OperationChannel<Operation>('postgres');

/** Answers over NATS, after a look into a database. */
class DeepController extends Controller {
  constructor() {
    super('/');
  }

  mountRoutes(): void {}

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(echo, async ({ word }) => {
      if (word === 'missing') throw notFound('no such word');
      await database.run(
        () => ({ name: 'select', startedAt: performance.now() }),
        async () => undefined,
      );
      return { word };
    });
  }
}

/** Asks over NATS. */
class FrontController extends Controller {
  readonly #ask: (word: string) => Promise<{ word: string }>;

  constructor(ask: (word: string) => Promise<{ word: string }>) {
    super('/');
    this.#ask = ask;
  }

  mountRoutes(routes: Routes): void {
    routes.get('/say/:word', { params: Word, data: Word }, ({ params }) => this.#ask(params.word));
  }
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpan = 'b7ad6b7169203331';
const opened = new AsyncDisposableStack();
const collector = new Collector();
const logger = createLogger({ name: 'test', level: 'silent' });
let startedAt: number;

before(async () => {
  opened.use(collector);
  const endpoint = await collector.open();
  // The SDK reads its variables by itself.
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: 'renamed',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=testing',
  });
  const telemetry = await openTelemetry({
    name: 'front',
    version: '1.2.3',
    metrics: { host: '127.0.0.1', port: 0 },
    environment: process.env,
    logger,
  });
  assert.equal(telemetry.tracing, true);
  const nats = opened.use(await startNats());
  const identity = { natsUrl: nats.url, natsServiceVersion: '1.0.0' };
  const [asking, answering] = await Promise.all([
    connectNats({ ...identity, natsServiceName: 'front' }),
    connectNats({ ...identity, natsServiceName: 'deep' }),
  ]);
  opened.use(asking);
  opened.use(answering);
  const routers = [createRouter({ natsClient: asking }), createRouter({ natsClient: answering })] as const;
  routers[0].loadControllers([new FrontController((word) => requestNats(asking, echo, { word }))]);
  routers[1].loadControllers([new DeepController()]);
  for (const router of routers) opened.use(router);
  const listen = { host: '127.0.0.1', port: 0 };
  const [front] = await Promise.all([routers[0].start(listen), routers[1].start(listen)]);
  startedAt = Date.now();
  const headers = { traceparent: `00-${traceId}-${clientSpan}-01`, tracestate: 'vendor=x' };
  assert.equal((await fetch(`${front}/say/hello`, { headers })).status, 200);
  assert.equal((await fetch(`${front}/say/missing`)).status, 404);
  assert.equal(
    (await fetch(`${front}/nowhere`, { headers: { traceparent: `00-${traceId}-${clientSpan}-00` } })).status,
    404,
  );
  await telemetry.close();
});
after(() => opened.disposeAsync());

const find = (name: string, ofTrace: string): ReceivedSpan => {
  const span = collector.spans.find((one) => one.name === name && one.traceId === ofTrace);
  assert.ok(span, `${name} in ${collector.spans.map((one) => one.name).join()}`);
  return span;
};

test('a request from HTTP over NATS to a database is one trace, each the child of who caused it', async () => {
  const http = find('GET /say/:word', traceId);
  const asked = find('request deep.echo', traceId);
  const answered = find('process deep.echo', traceId);
  const select = find('select', traceId);
  assert.deepEqual(
    [http, asked, answered, select].map(({ parentSpanId, kind }) => [parentSpanId, kind]),
    [
      [clientSpan, 2],
      [http.spanId, 3],
      [asked.spanId, 2],
      [answered.spanId, 3],
    ],
  );
  assert.deepEqual(toObject(http.attributes), {
    'http.request.method': 'GET',
    'http.route': '/say/:word',
    'http.response.status_code': 200,
  });
  assert.deepEqual(toObject(select.attributes), {
    'db.system.name': 'postgresql',
    'db.operation.name': 'select',
  });
  for (const { startTimeUnixNano, endTimeUnixNano } of [http, asked, answered, select]) {
    const [from, to] = [Number(startTimeUnixNano) / 1e6, Number(endTimeUnixNano) / 1e6];
    assert.ok(from >= startedAt - 50 && to >= from && to <= Date.now() + 50, `${from} to ${to}`);
  }
});

test('who comes without a trace begins one; a refusal is an error of who asked, not of who answered', () => {
  const asked = collector.spans.find(({ name, status }) => name === 'request deep.echo' && status.code === 2);
  assert.ok(asked);
  assert.notEqual(asked.traceId, traceId);
  assert.equal(find('GET /say/:word', asked.traceId).parentSpanId, undefined);
  assert.equal(find('process deep.echo', asked.traceId).status.code ?? 0, 0);
  assert.equal(toObject(asked.attributes)['error.type'], '404');
});

test('a trace that its beginner does not sample is not sent, and messages of errors never are', () => {
  assert.equal(
    collector.spans.some(({ name }) => name === 'GET'),
    false,
  );
  assert.doesNotMatch(JSON.stringify(collector.spans), /no such word/);
});

test('name and attributes of the process are those of OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES', () => {
  assert.deepEqual(new Set(collector.paths), new Set(['/v1/traces']));
  const [resource] = collector.resources;
  assert.equal(resource?.['service.name'], 'renamed');
  assert.equal(resource?.['service.version'], '1.2.3');
  assert.equal(resource?.['deployment.environment.name'], 'testing');
});

test('without an endpoint, or with OTEL_SDK_DISABLED, nothing is traced', async () => {
  for (const environment of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
  ]) {
    const telemetry = await openTelemetry({
      name: 'front',
      version: '',
      metrics: { host: '127.0.0.1', port: 0 },
      environment,
      logger,
    });
    assert.equal(telemetry.tracing, false);
    await telemetry.close();
  }
});
