// One process after the other is killed (SIGKILL), some hang for a while (SIGSTOP), while people, API keys, blogs and
// comments come, change and go. In the end all that was acknowledged is there, and the stream of events tells of each change
// once, and of nothing that did not happen. KILLS says how many are killed; a hundred take longer than the runner gives a
// file: `KILLS=100 node --test test/kill-campaign.test.ts`.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { inflict, planFaults } from './fault/fault.ts';
import { keyOf, Ledger } from './fault/ledger.ts';
import { Lives } from './fault/life.ts';
import { Sight } from './fault/sight.ts';
import { disordered, EventStream, effectsOf, latencyOf, type StoredEvent } from './fault/stream.ts';
import { System } from './system.ts';

const kills = Number(process.env.KILLS ?? 20);
/** Writes that are acknowledged between two kills. */
const writesBetween = 40;
const longestMomentMs = 300;
const ofEach = 2;
/** The gateway's deadline, and a little: after that nothing begins that an unanswered request asked for. */
const overMs = 6_000;
const settledMs = 60_000;

const opened = new AsyncDisposableStack();
let system: System;
let stream: EventStream;
let token = '';
before(async () => {
  system = opened.use(await System.open('--balanced'));
  stream = opened.use(await EventStream.open((await system.addresses()).nats));
  token = (await system.signIn()).accessToken;
});
after(() => opened.disposeAsync());

/** Tries until nothing is left of what it finds, and gives the rest of that when it takes too long. */
async function untilNone(find: () => Promise<string[]>): Promise<string[]> {
  const deadline = performance.now() + settledMs;
  for (;;) {
    const found = await find();
    if (found.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until so many more writes were acknowledged. */
async function untilWritten(ledger: Ledger, more: number): Promise<void> {
  const goal = ledger.acknowledged + more;
  const deadline = performance.now() + settledMs;
  while (ledger.acknowledged < goal) {
    assert.ok(performance.now() < deadline, `only ${ledger.acknowledged} of ${goal} writes are done`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function countByKey(effects: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  return Map.groupBy(effects, keyOf);
}

/** Changes whose events are not there, or too often. */
function wrongCounts(ledger: Ledger, effects: readonly StoredEvent[]): string[] {
  const found = countByKey(effects);
  return [...ledger.expected].flatMap(([key, count]) => {
    const times = found.get(key)?.length ?? 0;
    return times === count ? [] : [`${key}: ${times} times, not ${count}`];
  });
}

/** Events of what nobody acknowledged, and that is not there either. */
async function untrue(ledger: Ledger, sight: Sight, effects: readonly StoredEvent[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, events] of countByKey(effects)) {
    const [{ type, entity } = { type: '', entity: '' }] = events;
    if (ledger.expected.has(key)) continue;
    if (events.length > 1 || !(await sight.exists(type, entity))) wrong.push(key);
  }
  return wrong;
}

test(`kill campaign: over ${kills} kills nothing acknowledged is lost, and each change is told once`, async (t: TestContext) => {
  const ledger = new Ledger();
  const sight = new Sight(system, token);
  const lives = new Lives(system, ledger, sight, token);
  await lives.begin(ofEach);
  const faults = planFaults(Object.keys((await system.addresses()).pids), kills);
  try {
    await untilWritten(ledger, writesBetween);
    const quiet = effectsOf(await stream.read());
    t.diagnostic(
      `before the first kill 99 of 100 of ${quiet.length} events out in ${latencyOf(quiet, 0.99)} ms`,
    );
    for (const fault of faults) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longestMomentMs));
      await inflict(system, fault, token);
      await untilWritten(ledger, writesBetween);
    }
  } finally {
    await lives.end();
  }
  t.diagnostic(faults.map(({ name, hangMs }) => (hangMs === undefined ? name : `${name} hung`)).join(', '));
  const { denials, stale } = ledger;
  assert.deepEqual({ denials, stale }, { denials: [], stale: [] });
  await new Promise((resolve) => setTimeout(resolve, ledger.unansweredAt + overMs - performance.now()));
  const lost = await ledger.settle();
  const missing = await untilNone(async () => wrongCounts(ledger, effectsOf(await stream.read())));
  const strange = await untilNone(() => sight.strangeNames());
  const events = await stream.read();
  const effects = effectsOf(events);
  const invented = await untrue(ledger, sight, effects);
  t.diagnostic(
    `${ledger.acknowledged} writes acknowledged, ${ledger.unanswered} unanswered, ${lost.length} lost; ` +
      `${effects.length} events, ${events.length - effects.length} of them repeated`,
  );
  assert.deepEqual(
    { lost, missing, invented, strange },
    { lost: [], missing: [], invented: [], strange: [] },
  );
  assert.deepEqual(disordered(effects), []);
});
