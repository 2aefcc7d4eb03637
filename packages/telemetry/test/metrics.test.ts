import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HealthRecord, type Operation, OperationChannel } from '@tsmicro/dependency';
import { createLogger, openTelemetry, showDependencies, Tally, type Telemetry } from '../src/index.ts';
import { Metrics } from '../src/metrics.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const where = { host: '127.0.0.1', port: 0 };
let telemetry: Telemetry;

before(async () => {
  telemetry = await openTelemetry({
    name: 'test',
    version: '1.0.0',
    metrics: where,
    environment: {},
    logger,
  });
});
after(() => telemetry.close());

/** The samples whose line begins with `name`, by their labels as written. */
async function scrape(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(telemetry.metricsUrl)).text();
  const found = text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries(Array.from(found, ([, labels = '', value]) => [labels, Number(value)]));
}

interface Http extends Operation {
  method?: string;
}
const http = new OperationChannel<Http>('http.server');
const begin = (name: string, method = 'GET'): Http => ({ name, method, startedAt: performance.now() });

test('metrics: operations are counted by route, method and status, with their duration in seconds', async () => {
  for (const status of [200, 200, 404]) {
    const operation = { ...begin('/blog/id/:id'), startedAt: performance.now() - 30 };
    http.start(operation);
    http.end(Object.assign(operation, { status }));
  }
  const counts = await scrape('http_server_request_duration_seconds_count');
  assert.equal(counts['{method="GET",route="/blog/id/:id",status="200"}'], 2);
  assert.equal(counts['{method="GET",route="/blog/id/:id",status="404"}'], 1);
  const sums = await scrape('http_server_request_duration_seconds_sum');
  const sum = sums['{method="GET",route="/blog/id/:id",status="200"}'] ?? 0;
  assert.ok(sum >= 0.06 && sum < 1, `${sum} s`);
});

test('metrics: what is under way is shown while it is', async () => {
  const [first, second] = [begin('/a'), begin('/a')];
  http.start(first);
  http.start(second);
  assert.deepEqual(await scrape('http_server_requests_active'), { '': 2 });
  http.end(first);
  http.end(second);
  assert.deepEqual(await scrape('http_server_requests_active'), { '': 0 });
});

test('metrics: clients cannot make labels: a method that nobody knows is "other"', async () => {
  for (const method of ['PROPFIND', 'X1', 'X2']) {
    const operation = begin('unknown', method);
    http.start(operation);
    http.end(Object.assign(operation, { status: 404 }));
  }
  const counts = await scrape('http_server_request_duration_seconds_count');
  assert.deepEqual(
    Object.entries(counts).filter(([labels]) => labels.includes('unknown')),
    [['{method="other",route="unknown",status="404"}', 3]],
  );
});

test('metrics: every kind of operation has its own, by outcome where there is no status', async () => {
  for (const [kind, error] of [
    ['postgres', undefined],
    ['mongo', Object.assign(new Error('away'), { fault: 'unavailable' })],
    ['redis', Object.assign(new Error('slow'), { fault: 'timeout' })],
  ] as const) {
    const channel = new OperationChannel<Operation>(kind);
    await channel
      .run(
        () => ({ name: 'get', startedAt: performance.now() }),
        async () => {
          if (error) throw error;
        },
      )
      .catch(() => undefined);
  }
  const outcomes = ['postgres', 'mongo', 'redis'].map((kind) =>
    scrape(`${kind}_operation_duration_seconds_count`),
  );
  assert.deepEqual(await Promise.all(outcomes), [
    { '{operation="get",outcome="ok"}': 1 },
    { '{operation="get",outcome="unavailable"}': 1 },
    { '{operation="get",outcome="timeout"}': 1 },
  ]);
  for (const kind of ['nats.server', 'nats.client']) {
    const channel = new OperationChannel<Operation>(kind);
    const operation = { name: 'auth.authentication', startedAt: performance.now() };
    channel.start(operation);
    channel.end(Object.assign(operation, { status: 401 }));
    const counts = await scrape(`${kind.replace('.', '_')}_request_duration_seconds_count`);
    assert.deepEqual(counts, { '{subject="auth.authentication",status="401"}': 1 });
  }
});

test('metrics: dependencies, pools, caches and tallies show what they are at the moment', async () => {
  const health = new HealthRecord('PostgreSQL', 'up', '10.0.0.7:5432');
  const figures = { hits: 5, misses: 2, bypasses: 1 };
  showDependencies(telemetry.metrics, [
    {
      get health() {
        return health.current;
      },
      pool: { size: 4, idle: 3, waiting: 2 },
      caches: [{ namespace: 'blogs', figures }],
    },
  ]);
  assert.deepEqual(await scrape('dependency_up'), { '{dependency="PostgreSQL"}': 1 });
  health.note('down');
  assert.deepEqual(await scrape('dependency_up'), { '{dependency="PostgreSQL"}': 0 });
  const since = await scrape('dependency_since_timestamp_seconds');
  assert.deepEqual(since, { '{dependency="PostgreSQL"}': health.current.since.getTime() / 1_000 });
  const where = '{dependency="PostgreSQL",address="10.0.0.7:5432"}';
  assert.deepEqual(await scrape('dependency_info'), { [where]: 1 });
  assert.deepEqual(await scrape('pool_connections'), {
    '{dependency="PostgreSQL",state="idle"}': 3,
    '{dependency="PostgreSQL",state="busy"}': 1,
  });
  assert.deepEqual(await scrape('pool_waiting'), { '{dependency="PostgreSQL"}': 2 });
  figures.hits++;
  assert.deepEqual(await scrape('cache_reads_total'), {
    '{namespace="blogs",result="hit"}': 6,
    '{namespace="blogs",result="miss"}': 2,
    '{namespace="blogs",result="bypass"}': 1,
  });
  const tally = new Tally({ name: 'decisions_total', help: 'What was decided', labels: ['decision'] });
  telemetry.metrics.collect(tally.metric, () => tally.samples());
  tally.count('granted');
  tally.count('granted');
  assert.deepEqual(await scrape('decisions_total'), { '{decision="granted"}': 2 });
  assert.deepEqual(await scrape('decisions_total'), { '{decision="granted"}': 2 }, 'a scrape counts nothing');
});

test('metrics: the process shows its memory, event loop and garbage collection', async () => {
  const text = await (await fetch(telemetry.metricsUrl)).text();
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_gc_duration_seconds',
  ]) {
    assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'));
  }
});

test('the port of the metrics gives metrics and nothing else', async () => {
  const { origin } = new URL(telemetry.metricsUrl);
  const answer = await fetch(telemetry.metricsUrl);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.equal((await fetch(`${origin}/`)).status, 404);
  assert.equal((await fetch(telemetry.metricsUrl, { method: 'POST' })).status, 405);
});

test('metrics: a scrape gives way to what else is to be done', async (t) => {
  const metrics = new Metrics();
  t.after(() => metrics.close());
  let turns = 0;
  let going = true;
  const turn = () => {
    turns++;
    if (going) setImmediate(turn);
  };
  const seen: number[] = [];
  for (const name of ['slow_one', 'slow_two', 'slow_three']) {
    metrics.collect({ name, help: 'takes its time' }, () => {
      seen.push(turns);
      const until = performance.now() + 2;
      while (performance.now() < until);
      return [{ value: 1 }];
    });
  }
  turn();
  const text = await metrics.text();
  going = false;
  assert.match(text, /^slow_three 1$/m);
  assert.equal(new Set(seen).size, 3, `at turns ${seen}`);
});
