import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InstanceSet } from '../src/discovery/instance-set.ts';
import { parseInstance } from '../src/discovery/service-instance.ts';

const info = {
  type: 'io.nats.micro.v1.info_response',
  name: 'desk',
  id: 'one',
  version: '1.0.0',
  metadata: { http: 'http://127.0.0.1:8001', zone: 'a' },
};
const read = (value: unknown) => parseInstance('desk', Buffer.from(JSON.stringify(value)));
const named = (id: string) => {
  const instance = read({ ...info, id });
  assert.ok(instance);
  return instance;
};

test('instance: an INFO gives who it is and where; what else it says stays out', () => {
  assert.deepEqual(read({ ...info, endpoints: [{ name: 'echo' }], description: 'A desk' }), {
    id: 'one',
    name: 'desk',
    version: '1.0.0',
    http: 'http://127.0.0.1:8001',
    metadata: info.metadata,
  });
  assert.deepEqual(read({ ...info, metadata: undefined })?.metadata, {});
});

test('instance: an address that is no plain http://host:port is no address', () => {
  const addresses = [
    'https://127.0.0.1:8001',
    'http://127.0.0.1',
    'http://127.0.0.1:0',
    'http://127.0.0.1:70000',
    'http://:8001',
    'http://user@127.0.0.1:8001',
    'http://127.0.0.1:8001/admin',
    'http://127.0.0.1:8001?x',
    'http://a b:8001',
    'http://a:8001\r\nx-evil: 1',
    'nats://127.0.0.1:4222',
    '',
  ];
  for (const http of addresses) {
    const instance = read({ ...info, metadata: { http } });
    assert.equal(instance?.id, 'one', http);
    assert.equal(instance && 'http' in instance, false, http);
  }
  for (const http of ['http://blog-2.internal:80', 'http://[::1]:8000']) {
    assert.equal(read({ ...info, metadata: { http } })?.http, http);
  }
});

test('instance: what is no INFO of that service is nothing', () => {
  const rubbish = [
    { ...info, name: 'till' },
    { ...info, type: 'io.nats.micro.v1.ping_response' },
    { ...info, id: '' },
    { ...info, id: 7 },
    { ...info, version: 'x'.repeat(1_000) },
    { ...info, metadata: [] },
    { ...info, metadata: { http: 7 } },
    { ...info, metadata: { text: 'x'.repeat(2_000) } },
    { ...info, metadata: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, 'x'])) },
    { ...info, description: 'x'.repeat(300_000) },
    [info],
    'info',
    null,
  ];
  for (const value of rubbish) {
    assert.equal(read(value), undefined, JSON.stringify(value)?.slice(0, 80));
  }
  for (const bytes of ['', '{', '[[[[', new Uint8Array([0xff, 0xfe])]) {
    assert.equal(parseInstance('desk', Buffer.from(bytes)), undefined);
  }
});

test('instances: silent in one round they stay, in two rounds in turn they are dropped', () => {
  const set = new InstanceSet();
  for (const id of ['b', 'a']) set.announce(named(id));
  assert.deepEqual(
    set.list.map(({ id }) => id),
    ['a', 'b'],
  );
  set.beginRound();
  set.answer(named('a'));
  assert.deepEqual(set.endRound(), { missing: true, dropped: [] });
  set.beginRound();
  set.answer(named('a'));
  set.answer(named('b'));
  assert.deepEqual(set.endRound(), { missing: false, dropped: [] });
  for (const dropped of [[], [named('b')]]) {
    set.beginRound();
    set.answer(named('a'));
    assert.deepEqual(set.endRound().dropped, dropped);
  }
  assert.deepEqual(set.list, [named('a')]);
});

test('instances: those that left are not brought back by an answer, only by what they announce', () => {
  const set = new InstanceSet();
  assert.equal(set.leave('one'), undefined);
  assert.equal(set.answer(named('one')), false);
  assert.equal(set.announce(named('one')), true);
  assert.equal(set.answer(named('one')), false, 'it is the same');
  assert.equal(set.answer({ ...named('one'), version: '2.0.0' }), true);
  assert.equal(set.leave('one')?.version, '2.0.0');
  for (let i = 0; i < 10_000; i++) set.leave(`ghost-${i}`);
  assert.deepEqual(set.list, []);
});

test('instances: more than 256 are not taken in, and those that are known stay', () => {
  const set = new InstanceSet();
  set.announce(named('zz'));
  for (let i = 0; i < 1_000; i++) set.announce(named(`flood-${i}`));
  assert.equal(set.list.length, 256);
  assert.equal(set.list.at(-1)?.id, 'zz');
});
