import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Binary, fromUuidBinary, toUuidBinary } from '../src/index.ts';

const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const bytes = Buffer.from('0f8fad5bd9cb469fa16570867728950e', 'hex');

test('a UUID is written as Go writes it: 16 bytes of subtype 0', () => {
  const binary = toUuidBinary(uuid.toUpperCase());
  assert.equal(binary.sub_type, 0);
  assert.deepEqual(Buffer.from(binary.value()), bytes);
});

test('a UUID is read from subtype 0 and 4, in lower case', () => {
  assert.equal(fromUuidBinary(toUuidBinary(uuid.toUpperCase())), uuid);
  assert.equal(fromUuidBinary(new Binary(bytes, 4)), uuid);
});

test('what is no UUID is refused', () => {
  for (const text of ['', uuid.slice(1), `${uuid}0`, uuid.replaceAll('-', ''), uuid.replace('0', 'g')]) {
    assert.throws(() => toUuidBinary(text), TypeError, text);
  }
  assert.throws(() => fromUuidBinary(new Binary(bytes, 3)), TypeError);
  assert.throws(() => fromUuidBinary(new Binary(bytes.subarray(1), 0)), TypeError);
});
