import assert from 'node:assert/strict';
import { test } from 'node:test';
import { samplesOf } from '../../src/watch/metrics/exposition.ts';
import { readMetrics } from '../../src/watch/metrics/reading.ts';

const read = (text: string, ...names: string[]) => [...samplesOf(text, new Set(names))];

test('exposition: samples of the wanted metrics are read, with and without labels and a time', () => {
  const text = [
    '# HELP up Whether it is',
    '# TYPE up gauge',
    'up 1',
    'up_and_away 2',
    'seen{of="a{b}, \\"c\\"\\n\\\\",more="x"} 3.5 1395066363000',
    'big +Inf',
    'small 1e-3',
  ].join('\n');
  assert.deepEqual(read(text, 'up', 'seen', 'big', 'small'), [
    { name: 'up', labels: {}, value: 1 },
    { name: 'seen', labels: { of: 'a{b}, "c"\n\\', more: 'x' }, value: 3.5 },
    { name: 'big', labels: {}, value: Number.POSITIVE_INFINITY },
    { name: 'small', labels: {}, value: 0.001 },
  ]);
});

test('exposition: what is no sample is passed over', () => {
  const text = 'up\nup{a="b" 1\nup{} nothing\n\n  up 1\n{a="b"} 2\nup{a="b"} 4';
  assert.deepEqual(read(text, 'up'), [{ name: 'up', labels: { a: 'b' }, value: 4 }]);
});

test('exposition: a flood is read to its bound', () => {
  assert.equal(read('up 1\n'.repeat(60_000), 'up').length, 50_000);
});

test('exposition: a histogram is one series with its buckets in milliseconds, beside the dependencies', () => {
  const reading = readMetrics(`
redis_operation_duration_seconds_bucket{operation="get",outcome="ok",le="0.001"} 2
redis_operation_duration_seconds_bucket{operation="get",outcome="ok",le="0.0025"} 3
redis_operation_duration_seconds_bucket{operation="get",outcome="ok",le="+Inf"} 4
redis_operation_duration_seconds_count{operation="get",outcome="ok"} 4
process_resident_memory_bytes 1048576
dependency_up{dependency="Redis"} 0
dependency_since_timestamp_seconds{dependency="Redis"} 1700000000.5
dependency_info{dependency="Redis",address="10.0.0.7:6379"} 1
`);
  assert.deepEqual(
    [...reading.counted.values()],
    [
      {
        metric: 'redis_operation_duration_seconds',
        labels: { operation: 'get', outcome: 'ok' },
        count: 4,
        upTo: [2, 3],
        boundsMs: [1, 2.5],
      },
    ],
  );
  assert.equal(reading.values.get('process_resident_memory_bytes'), 1_048_576);
  assert.deepEqual(reading.dependencies, [
    { name: 'Redis', up: false, since: 1_700_000_000_500, address: '10.0.0.7:6379' },
  ]);
});
