import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { StandInStack } from './stand-in/stack.ts';

async function keysOf(url: string): Promise<Record<string, string>> {
  const environment = await fetch(`${url}/environment`).then(
    (response) => response.json() as Promise<Record<string, string>>,
  );
  return JSON.parse(environment.API_KEYS ?? '');
}

test('start: first of all it says what to open in a browser, at the gateway', async () => {
  await using stack = await StandInStack.create('nats', { STAND_IN_SITES: 'on' });
  const { code, output } = await stack.run('start', '--detach');
  assert.equal(code, 0, output);
  const { gateway } = stack.addresses();
  const [, table = ''] = output.split('is ready after');
  assert.deepEqual(
    table
      .match(/^ {2}\S+ +http.*$/gm)
      ?.map((line) => line.trim().split(/ +/))
      .slice(0, 3),
    [
      ['front', `${gateway}/`],
      ['console', `${gateway}/console`],
      ['gateway', gateway],
    ],
  );
  const { output: status } = await stack.run('status');
  for (const name of ['front', 'console']) assert.match(status, new RegExp(`^ +${name} +ready `, 'm'));
  const { code: restarted } = await stack.run('restart', 'front');
  assert.equal(restarted, 0);
});

test('start: the keys of sites are made once, at random, each unlike the other, and kept for the owner alone', async () => {
  const seen: Record<string, string>[] = [];
  await using stack = await StandInStack.create('nats', { STAND_IN_SITES: 'on' });
  for (let i = 0; i < 2; i++) {
    const { code, output } = await stack.run('start', '--detach');
    assert.equal(code, 0, output);
    seen.push(await keysOf(stack.addresses().auth ?? ''));
    await stack.run('stop');
  }
  const [{ FRONT = '', CONSOLE = '' } = {}, again] = seen;
  assert.match(`${FRONT} ${CONSOLE}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  assert.notEqual(FRONT, CONSOLE);
  assert.deepEqual(again, { FRONT, CONSOLE });
  const file = join(stack.home, 'secrets.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!readFileSync(file, 'utf8').includes(FRONT), 'what makes keys is kept, not the keys');
  await using other = await StandInStack.create('nats', { STAND_IN_SITES: 'on' });
  await other.run('start', '--detach');
  assert.notEqual((await keysOf(other.addresses().auth ?? '')).FRONT, FRONT);
});

test('start --balanced: of what looks on everybody one instance is enough; scale has more when they are wanted', async () => {
  await using stack = await StandInStack.create('nats', { STAND_IN_SITES: 'on' });
  const { code, output } = await stack.run('start', '--balanced', '--detach');
  assert.equal(code, 0, output);
  const { front, console } = stack.addresses().instances;
  assert.deepEqual([front?.length, console?.length], [2, 1]);
  assert.equal((await stack.run('scale', 'console=2')).code, 0);
  assert.equal(stack.addresses().instances.console?.length, 2);
});
