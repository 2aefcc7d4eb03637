import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Metrics } from '@tsmicro/telemetry';
import { request } from 'undici';
import { echo, until } from '../fixture.ts';
import { complaintsOf, openBlog } from './declared-blog.ts';

const everything = { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true };
const of = 'service="blog",route="blog"';

async function openMeasured(t: TestContext, config: object, plugins: object[] = []) {
  const metrics = new Metrics();
  t.after(() => metrics.close());
  const blog = await openBlog(t, [{ name: 'prometheus', config }, ...plugins], { metrics });
  const ask = async (path = '/blog/x') => {
    const answer = await request(blog.gateway.address + path);
    await answer.body.dump();
    return answer;
  };
  /** The value of a series, as it is written; undefined where there is none. */
  const value = async (series: string) => {
    const line = (await metrics.text()).split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  };
  return { ...blog, ask, value, metrics };
}

test("prometheus: requests are counted under Kong's names, by status and by who answered", async (t) => {
  const limit = { name: 'rate-limiting', config: { year: 2, limit_by: 'ip' } };
  const { ask, value } = await openMeasured(t, everything, [limit]);
  for (let i = 0; i < 3; i++) await ask();
  await ask('/nowhere');
  const series = (code: number, source: string) =>
    `kong_http_requests_total{${of},code="${code}",source="${source}",workspace="default",consumer=""}`;
  assert.equal(await value(series(200, 'service')), 2);
  assert.equal(await value(series(429, 'kong')), 1);
});

test('prometheus: the state of each target is 1 of the four that Kong knows', async (t) => {
  const { ask, value, blog } = await openMeasured(t, { upstream_health_metrics: true });
  await ask();
  const target = `upstream="blog:8000",target="blog:8000",address="127.0.0.1:${blog.port}"`;
  const values = await Promise.all(
    ['healthchecks_off', 'healthy', 'unhealthy', 'dns_error'].map((state) =>
      value(`kong_upstream_target_health{${target},state="${state}",subsystem="http"}`),
    ),
  );
  assert.deepEqual(values, [1, 0, 0, 0]);
});

test('prometheus: a client that leaves before its answer is a 499', async (t) => {
  const { gateway, blog, value } = await openMeasured(t, everything);
  blog.listener = () => undefined;
  const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
  socket.write('GET /blog/x HTTP/1.1\r\nhost: g\r\n\r\n');
  await until('the request', () => blog.seen.length === 1);
  socket.destroy();
  await until('its end', () => blog.sockets === 0);
  const series = `kong_http_requests_total{${of},code="499",source="kong",workspace="default",consumer=""}`;
  assert.equal(await value(series), 1);
});

test("prometheus: latencies in milliseconds and Kong's buckets; what the service took and what was taken here make the whole", async (t) => {
  const { ask, value, blog, metrics } = await openMeasured(t, everything);
  blog.listener = (incoming, response) => void setTimeout(() => echo(incoming, response), 60);
  await ask();
  const sums = await Promise.all(
    ['kong', 'upstream', 'request'].map((name) =>
      value(`kong_${name}_latency_ms_sum{${of},workspace="default"}`),
    ),
  );
  const [kong = Number.NaN, upstream = Number.NaN, whole = Number.NaN] = sums;
  assert.ok(upstream >= 59 && kong >= 0, `${upstream} and ${kong}`);
  assert.ok(Math.abs(kong + upstream - whole) < 0.001, `${kong} and ${upstream} make ${whole}`);
  const text = await metrics.text();
  const bounds = (name: string) =>
    [...text.matchAll(new RegExp(`kong_${name}_latency_ms_bucket\\{.*le="([^"]+)"\\}`, 'g'))].map(
      ([, bound]) => bound,
    );
  assert.equal(bounds('kong').join(), '1,2,5,7,10,15,20,30,50,75,100,200,500,750,1000,3000,6000,+Inf');
  assert.equal(bounds('request').join(), bounds('upstream').join());
  assert.equal(await value(`kong_upstream_latency_ms_bucket{${of},workspace="default",le="50"}`), 0);
});

test('prometheus: bytes of whole messages are counted both ways, request by request', async (t) => {
  const { gateway, value } = await openMeasured(t, everything);
  const socket = connect(Number(new URL(gateway.address).port), '127.0.0.1');
  t.after(() => socket.destroy());
  let received = 0;
  let sent = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  const series = (direction: string) =>
    `kong_bandwidth_bytes{${of},direction="${direction}",workspace="default",consumer=""}`;
  for (const body of ['', 'x'.repeat(100_000)]) {
    const message = `POST /blog/x HTTP/1.1\r\nhost: g\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const before = received;
    socket.write(message);
    sent += message.length;
    await until('the answer', () => received > before + body.length);
    let counted: number | undefined;
    await until('its end', () => {
      void value(series('egress')).then((bytes) => {
        counted = bytes;
      });
      return counted === received;
    });
    assert.equal(await value(series('ingress')), sent);
  }
});

test('prometheus: what is not wanted is not there, and without the plugin nothing of Kong is', async (t) => {
  const { ask, metrics } = await openMeasured(t, { status_code_metrics: true });
  await ask();
  const names = new Set((await metrics.text()).match(/\bkong_\w+/g));
  assert.deepEqual([...names], ['kong_http_requests_total']);
  const bare = new Metrics();
  t.after(() => bare.close());
  await openBlog(t, [], { metrics: bare });
  assert.doesNotMatch(await bare.text(), /\bkong_/);
});

test('prometheus: what there is none of here is a complaint', () => {
  const said = (config: object) => complaintsOf('prometheus', config).join();
  assert.equal(said({ ...everything, upstream_health_metrics: true, per_consumer: false }), '');
  assert.match(said({ per_consumer: true }), /^per_consumer must be false: there are no consumers here$/);
  assert.match(said({ ai_metrics: true }), /^ai_metrics must be false/);
});
