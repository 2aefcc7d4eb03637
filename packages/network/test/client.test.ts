import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf } from '@tsmicro/network';

const seen = (ip: string, forwarded?: string) =>
  clientOf({ ip, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } });

test('client: of our own network it is whom the nearest proxy saw, whatever stands before that', () => {
  for (const proxy of ['127.0.0.1', '::1', '::ffff:10.1.2.3', '172.31.0.9', 'fd00::7', 'fe80::1%eth0']) {
    assert.equal(seen(proxy, '203.0.113.9'), '203.0.113.9', proxy);
    assert.equal(seen(proxy, '198.51.100.1, 127.0.0.1,::ffff:203.0.113.9'), '203.0.113.9', proxy);
  }
});

test('client: from anywhere else a header changes nothing', () => {
  for (const stranger of ['203.0.113.9', '172.32.0.1', '11.0.0.1', '::ffff:203.0.113.9']) {
    assert.equal(seen(stranger, '198.51.100.1'), seen(stranger), stranger);
  }
  assert.equal(seen('2001:db8:1:2::3', '198.51.100.1'), '2001:db8:1:2::/64');
});

test('client: where the proxy wrote no address, or none can be read, it is the proxy', () => {
  assert.equal(seen('127.0.0.1'), '127.0.0.1');
  for (const forwarded of ['', 'unknown', '203.0.113.9,', '203.0.113.9:80', '1.2.3', 'a'.repeat(10_000)]) {
    assert.equal(seen('127.0.0.1', forwarded), '127.0.0.1', forwarded);
  }
});

test('client: the addresses of one IPv6 network are one client, those of two are two', () => {
  const spellings = ['2001:db8:1:2::3', '2001:DB8:1:2:ffff:0:0:1', '2001:0db8:0001:0002::'];
  for (const address of spellings) assert.equal(seen('::1', address), '2001:db8:1:2::/64');
  assert.equal(seen('::1', '2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(seen('::1', '2001:db8:0:0:1:2:3:4'), '2001:db8:0:0::/64');
  assert.equal(seen('::1', '1::2:3:4:5:6:7'), '1:0:2:3::/64');
  assert.equal(seen('::1', '2001::5:6:7:8:9'), '2001:0:0:5::/64');
  assert.equal(seen('::1'), '0:0:0:0::/64');
  assert.notEqual(seen('::1', '2001:db8:1:3::3'), '2001:db8:1:2::/64');
});
