import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Arrivals } from '../../src/http1/arrivals.ts';

function open() {
  const admitted: Socket[] = [];
  const clock = { now: 0 };
  const arrivals = new Arrivals(
    (socket) => admitted.push(socket),
    () => clock.now,
  );
  const add = () => {
    const socket = new Socket();
    arrivals.add(socket);
    return socket;
  };
  return { add, admitted, clock };
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await turn();
};

test('arrivals: whoever comes alone is let in at once', async () => {
  const { add, admitted } = open();
  const sockets = [add()];
  await turns(5);
  sockets.push(add());
  assert.deepEqual(admitted, sockets);
});

test('arrivals: those that come right behind are let in together, in order, when no more come', async () => {
  const { add, admitted } = open();
  const sockets: Socket[] = [];
  for (let i = 0; i < 20; i++) {
    sockets.push(add());
    await turns(i === 10 ? 2 : 1);
  }
  assert.deepEqual(admitted, sockets.slice(0, 1));
  await turns(5);
  assert.deepEqual(admitted, sockets);
});

test('arrivals: turns that take long do not make a crowd into many', async () => {
  const { add, admitted, clock } = open();
  const sockets: Socket[] = [];
  for (let i = 0; i < 5; i++) {
    sockets.push(add());
    await turn();
    clock.now += 2;
  }
  assert.deepEqual(admitted, sockets.slice(0, 1));
  await turns(5);
  assert.deepEqual(admitted, sockets);
});

test('arrivals: nobody waits for an end of it that does not come', async () => {
  const { add, admitted, clock } = open();
  add();
  const second = add();
  while (!admitted.includes(second)) {
    assert.ok(clock.now < 100, 'it waits for ever');
    await turn();
    clock.now += 0.5;
    add();
  }
  assert.ok(clock.now > 9, `${clock.now} ms`);
});
