// More sign-ins at once than passwords can be compared: through the gateway and at the auth service's own port.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Outcome } from './load/connection.ts';
import { requestText } from './load/plan.ts';
import { System, seedApiKey } from './system.ts';

const signIns = 60;
const maxWaiting = 32;
/** The first finds code that has never run, and connections of the gateway that are not open yet. */
const rounds = 3;
const key = { 'x-api-key': seedApiKey };
const admin = { email: 'admin@afteracademy.com', password: 'changeit' };

let system: System;
before(async () => {
  system = await System.open();
});
after(() => system[Symbol.asyncDispose]());

interface Answered {
  outcome: Outcome;
  ms: number;
  answer: string;
}

function ask(connection: Connection, request: string): Promise<Answered> {
  const startedAt = performance.now();
  return new Promise((resolve) =>
    connection.send(Buffer.from(request), (outcome, answer) =>
      resolve({ outcome, answer, ms: performance.now() - startedAt }),
    ),
  );
}

/** As many at least are beyond the queue: with one hash at work and the queue full, everybody else. */
const beyondQueue = signIns - Math.max(1, Math.min(availableParallelism() - 1, 3)) - maxWaiting;

/**
 * The refusals of those for whom the queue had no place. Who had one and was not reached in time is refused too, when
 * that time is over: a matter of deadlines.
 */
function atTheDoor(refused: Answered[]): Answered[] {
  return refused.toSorted((a, b) => a.ms - b.ms).slice(0, beyondQueue);
}

const longest = (answers: Answered[]) => Math.round(Math.max(...answers.map(({ ms }) => ms)));

/** Asks for health again and again until `work` has ended. @returns how long each answer took */
async function watchHealth(port: number, prefix: string, work: Promise<unknown>): Promise<number[]> {
  const connection = new Connection(port);
  const request = requestText('GET', `${prefix}/health`, key);
  const times: number[] = [];
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  while (!over) {
    const { outcome, ms } = await ask(connection, request);
    assert.equal(outcome, 'good');
    times.push(ms);
    await Promise.race([ended, sleep(5)]);
  }
  connection.close();
  return times;
}

async function flood(
  t: TestContext,
  { address, prefix, refusedMs }: { address: string; prefix: string; refusedMs: number },
): Promise<void> {
  const port = Number(new URL(address).port);
  const connections = Array.from({ length: signIns }, () => new Connection(port));
  await Promise.all(connections.map((connection) => connection.open()));
  let quickest = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= rounds; round++) {
    const request = requestText('POST', `${prefix}/signin/basic`, key, admin);
    const answers = Promise.all(connections.map((connection) => ask(connection, request)));
    const health = await watchHealth(port, prefix, answers);
    const settled = await answers;
    const good = settled.filter(({ outcome }) => outcome === 'good');
    const refused = settled.filter(({ outcome }) => outcome === 'refused');
    const other = settled.filter((answer) => !good.includes(answer) && !refused.includes(answer));
    const slowest = Math.round(Math.max(...health));
    const door = atTheDoor(refused);
    t.diagnostic(
      `flood ${round}: ${good.length} answered within ${longest(good)} ms; ${door.length} refused at the door within ` +
        `${longest(door)} ms, ${refused.length - door.length} later; ${health.length} times health within ${slowest} ms`,
    );
    assert.deepEqual(other, []);
    assert.ok(refused.length > 0);
    // A sign-in that ends while the flood still comes makes room for one more, or a few.
    assert.ok(door.length >= beyondQueue - 8, `${door.length} refused`);
    // A place is taken again when its sign-in ends before the flood has all come.
    assert.ok(good.length > 0 && good.length <= availableParallelism() + maxWaiting + 8, `${good.length}`);
    assert.ok(slowest < 500, `health took ${slowest} ms`);
    quickest = Math.min(quickest, longest(door));
  }
  assert.ok(quickest <= refusedMs, `refused after ${quickest} ms`);
  for (const connection of connections) connection.close();
}

test('bulkhead: of 60 sign-ins at once as many wait as may, and the rest is refused at once', async (t) =>
  flood(t, { address: (await system.addresses()).auth, prefix: '', refusedMs: 50 }));

test('bulkhead: so it is through the gateway, whose way there and back comes on top', async (t) =>
  flood(t, { address: (await system.addresses()).gateway, prefix: '/auth', refusedMs: 100 }));
