import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTraceparent, traceFrom, traceIdOf } from '@tsmicro/network';

const id = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';

test('trace: what has the form of the standard is taken over, of a later version too', () => {
  for (const traceparent of [
    `00-${id}-${parent}-01`,
    `cc-${id}-${parent}-00`,
    `cc-${id}-${parent}-00-what.comes`,
  ]) {
    assert.deepEqual(traceFrom(traceparent, undefined), { traceparent });
    assert.equal(traceIdOf(traceparent), id);
  }
});

test('trace: anything else is no trace', () => {
  const bad = [
    `ff-${id}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${id}-${'0'.repeat(16)}-01`,
    `00-${id.toUpperCase()}-${parent}-01`,
    `00-${id}-${parent}-01-more`,
    `cc-${id}-${parent}-01-${'x'.repeat(128)}`,
    `cc-${id}-${parent}-01-a\nx-request-id: forged`,
    `cc-${id}-${parent}-01-a b`,
    '',
    undefined,
    7,
  ];
  for (const traceparent of bad) assert.equal(traceFrom(traceparent, 'a=b'), undefined, String(traceparent));
});

test('trace: a state goes with it when it is one line of ASCII within 512 characters', () => {
  const traceparent = `00-${id}-${parent}-01`;
  assert.equal(traceFrom(traceparent, 'vendor=1,other=x y')?.tracestate, 'vendor=1,other=x y');
  for (const state of ['', 'ü=1', 'a=b\r\nc: d', 'x'.repeat(513), ['a=b']]) {
    assert.deepEqual(traceFrom(traceparent, state), { traceparent });
  }
});

test('trace: a new one is of the same form, and another each time', () => {
  const made = [createTraceparent(), createTraceparent()];
  for (const traceparent of made) assert.ok(traceFrom(traceparent, undefined));
  assert.notEqual(made[0], made[1]);
});
