import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { highLimit, withHighLimits } from '../src/gateway/embedded/limits.ts';
import { keyChecks } from '../src/gateway/key-check.ts';
import { memoryTable } from '../src/gateway/memory.ts';
import { promised } from '../src/gateway/promise.ts';
import { parseCores } from '../src/measure/core.ts';
import { slopeOf } from '../src/measure/line.ts';

const run = (variant: string, perSecond: number, p99Ms: number) => {
  const figures = { round: 0, p50Ms: 1, errors: 0, othersCores: 0, cpuUsPerRequest: { proxy: 10 } };
  return { variant, perSecond, p99Ms, ...figures };
};

test('limits: every limit of the rate-limiting plugins is raised, and nothing else', () => {
  const declaration = `
services:
  - name: auth
    plugins: [{ name: rate-limiting, config: { minute: 10, hour: 20, policy: redis, redis: { port: 6379 } } }]
plugins:
  - { name: request-size-limiting, config: { allowed_payload_size: 1, minute: 3 } }
`;
  const { services, plugins } = parse(withHighLimits(declaration) ?? '');
  const config = { minute: highLimit, hour: highLimit, policy: 'redis', redis: { port: 6379 } };
  assert.deepEqual(services[0].plugins, [{ name: 'rate-limiting', config }]);
  assert.deepEqual(plugins[0].config, { allowed_payload_size: 1, minute: 3 });
});

test('limits: a declaration without any has no variant with limits', () => {
  assert.equal(withHighLimits('services: []'), undefined);
});

test('promises: told by the medians, against the best of the Node proxies, p99 only where requests wait', () => {
  const runs = [
    run('tsmicro', 900, 5),
    run('undici dispatch', 1_000, 3),
    run('nginx', 2_100, 2),
    run('http-proxy', 500, 9),
    run('http-proxy-3', 950, 9),
  ];
  const [one, many] = promised([
    { title: 'one', connections: 1, runs },
    { title: 'many', connections: 64, runs },
  ]).rows;
  assert.deepEqual(one, [
    'one',
    '0.90 (0.90..0.90) yes',
    '0.43 (0.43..0.43) no',
    '0.95 (0.95..0.95) no',
    '-',
  ]);
  assert.equal(many?.at(-1), '2.50 (2.50..2.50) no');
});

test('key checks: one at the beginning of a turn and one for each time the cache forgets are no waste', () => {
  const turn = { variant: 'tsmicro', requests: 1_000 };
  const turns = [
    { ...turn, seconds: 2, checks: 1 },
    { ...turn, seconds: 20, checks: 3 },
    { ...turn, seconds: 2, checks: 0 },
    { ...turn, seconds: 2, checks: 8 },
  ];
  assert.deepEqual(keyChecks(turns).rows, [['tsmicro', '4000', '4', '12', '7']]);
});

test('memory: what a process takes until the heap has settled is not held against it', () => {
  const bytes = 50 * 1024 * 1024;
  const curve = (perRequest: number) => [
    { x: 0, y: 0 },
    ...[1, 2, 3, 4].map((step) => ({ x: step * 100_000, y: bytes + step * 100_000 * perRequest })),
  ];
  assert.deepEqual(memoryTable(curve(0)).rows[0]?.slice(-2), ['0.0', 'yes']);
  assert.deepEqual(memoryTable(curve(40)).rows[0]?.slice(-2), ['40.0', 'no']);
  assert.deepEqual(memoryTable(curve(0).slice(0, 2)).rows[0]?.slice(-2), ['-', '-']);
});

test('line: the slope is that of the nearest line, and of one point there is none', () => {
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 2 * x + (x % 2 === 0 ? 0.1 : -0.1) }));
  assert.ok(Math.abs(slopeOf(points) - 1.96) < 1e-9);
  assert.ok(Number.isNaN(slopeOf(points.slice(0, 1))));
});

test('cores: a list of Linux names single cores and ranges', () => {
  assert.deepEqual(parseCores('0-2,5'), [0, 1, 2, 5]);
  assert.deepEqual(parseCores('7'), [7]);
  assert.deepEqual(parseCores(''), []);
});
