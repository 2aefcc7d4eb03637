import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../src/command/arguments.ts';

test('arguments: without a word all is measured but the services, which somebody else must have started', () => {
  assert.deepEqual(parseArguments([]).parts, ['nats', 'http', 'startup']);
  assert.deepEqual(parseArguments(['rest', 'nats']).parts, ['nats', 'rest']);
});

test('arguments: --cpu-prof takes a folder after = only, so that a part may follow it', () => {
  assert.deepEqual(parseArguments(['--cpu-prof', 'http']).parts, ['http']);
  assert.equal(parseArguments(['--cpu-prof', 'http']).profileDir, 'bench/profiles');
  assert.equal(parseArguments(['--cpu-prof=here', 'http']).profileDir, 'here');
});

test('arguments: what makes no sense is refused with what would', () => {
  assert.throws(
    () => parseArguments(['https']),
    /no part https: there are nats, http, startup, gateway, gateway-memory, guard, rest/,
  );
  assert.throws(() => parseArguments(['--rounds', 'many']), /--rounds must be a number above 0, not many/);
});
