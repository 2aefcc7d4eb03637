import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { afterPrefix, toKey } from '../../src/servers/document-server/bson/key.ts';
import { compareValues } from '../../src/servers/document-server/bson/order.ts';
import type { Value } from '../../src/servers/document-server/bson/value.ts';

// biome-ignore format: one line a kind
const leaves: readonly Value[] = [
  new MinKey(), new MaxKey(), null, true, false, '', 'a', 'a\0', 'a\0b', 'ab', 'é', '\uffff', '😀',
  new Int32(0), new Int32(-1), new Int32(256), new Double(-0), new Double(0.1), new Double(-0.1), new Double(Number.NaN),
  new Double(Number.POSITIVE_INFINITY), new Double(Number.NEGATIVE_INFINITY), new Double(5e-324), new Double(1e300),
  Long.fromString('9007199254740993'), Long.fromString('9007199254740992'), Long.MAX_VALUE, Long.MIN_VALUE,
  new Double(2 ** 63), Decimal128.fromString('256'), Decimal128.fromString('0.5'), Decimal128.fromString('1E+10'),
  new Date(0), new Date(-5), new Date(8.64e15), new ObjectId('000000000000000000000001'), new ObjectId('ff0000000000000000000000'),
  new Binary(Buffer.from([1]), 0), new Binary(Buffer.from([1]), 4), new Binary(Buffer.from([0, 0]), 0),
  new Timestamp({ t: 1, i: 2 }), new Timestamp({ t: 2, i: 1 }), new BSONRegExp('a', 'i'), new BSONRegExp('a', ''), undefined,
];

/** Values of every kind and of some depth, from a seed, so that a failure can be repeated. */
function createValues(seed: number, count: number): Value[] {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const make = (depth: number): Value => {
    const kind = depth > 2 ? 0 : random(5);
    if (kind === 1) return Array.from({ length: random(3) }, () => make(depth + 1) ?? null);
    if (kind === 2)
      return new Map(
        Array.from({ length: random(3) }, () => ['ab'[random(2)] ?? 'a', make(depth + 1) ?? null]),
      );
    return leaves[random(leaves.length)];
  };
  return Array.from({ length: count }, () => make(0));
}

test('keys: their bytes are in the order of the values, up and down, for values of every kind', () => {
  const values = [...leaves, ...createValues(7, 500)];
  const keyed = values.map((value) => ({ value, up: toKey([value]), down: toKey([value], [-1]) }));
  for (const a of keyed) {
    for (const b of keyed) {
      const order = Math.sign(compareValues(a.value, b.value));
      assert.equal(
        Math.sign(Buffer.compare(a.up, b.up)),
        order,
        `${JSON.stringify(a.value)} ${JSON.stringify(b.value)}`,
      );
      assert.equal(Math.sign(Buffer.compare(b.down, a.down)), order);
    }
  }
});

test('keys: those of several parts are in the order of the first, then of the second', () => {
  const values = createValues(3, 60);
  const pairs = values.map((value, at) => [value, values[(at * 13) % values.length]] as const);
  const directions = [1, -1];
  for (const a of pairs) {
    for (const b of pairs) {
      const order = compareValues(a[0], b[0]) || compareValues(b[1], a[1]);
      const keys = Buffer.compare(toKey([...a], directions), toKey([...b], directions));
      assert.equal(Math.sign(keys), Math.sign(order));
    }
  }
});

test('keys: what follows a prefix is greater than all that begin with it', () => {
  assert.deepEqual(afterPrefix(Buffer.from([1, 255, 255])), Buffer.from([2]));
  assert.deepEqual(afterPrefix(Buffer.from([1, 2])), Buffer.from([1, 3]));
});
