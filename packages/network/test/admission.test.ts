// A process that gets more requests than it can answer, by itself, without a gateway in front of it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServerEdge, type ServerEdge, successEnvelope } from '@tsmicro/network';
import { runLoad } from '../../../test/load/load.ts';
import { requestText } from '../../../test/load/plan.ts';

const workMs = 3;
const good = JSON.stringify(successEnvelope('success'));

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** A server that takes 3 ms of its processor for every request. */
async function openBusy(t: TestContext): Promise<{ edge: ServerEdge; port: number }> {
  const edge = createServerEdge((request, response) => {
    if (request.url !== '/health') spin(workMs);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': good.length });
    response.end(good);
  });
  edge.server.listen(0, '127.0.0.1');
  await once(edge.server, 'listening');
  t.after(() => edge.close());
  return { edge, port: (edge.server.address() as AddressInfo).port };
}

test('admission: ten times too many requests are refused early, and the others answered in time', async (t) => {
  const { port } = await openBusy(t);
  const kinds = [{ name: 'work', weight: 1, request: requestText('GET', '/work') }];
  const usual = await runLoad({ port, kinds, connections: 16, durationMs: 1_500 });
  assert.equal(usual.outcomes.refused, 0, 'as many as can be answered are');
  const ratePerSec = 10 * usual.goodPerSec;
  const report = await runLoad({ port, kinds, connections: 800, durationMs: 3_000, ratePerSec });
  const { outcomes, goodPerSec, goodP50Ms, goodP99Ms } = report;
  t.diagnostic(`normal ${usual.goodPerSec}/s; offered ${report.offeredPerSec}/s: good ${goodPerSec}/s`);
  t.diagnostic(`p50 ${goodP50Ms} ms, p99 ${goodP99Ms} ms, refused ${outcomes.refused}`);
  assert.ok(goodPerSec >= usual.goodPerSec / 2);
  assert.ok(goodP99Ms <= 2_000);
  assert.ok(outcomes.refused > outcomes.good / 2, `${outcomes.refused} were refused`);
  assert.equal(outcomes.wrong + outcomes.dropped, 0, JSON.stringify(report.wrong));
});

test('admission: health is never refused', async (t) => {
  const { port } = await openBusy(t);
  const kinds = [
    { name: 'work', weight: 20, request: requestText('GET', '/work') },
    { name: 'health', weight: 1, request: requestText('GET', '/health') },
  ];
  const report = await runLoad({ port, kinds, connections: 800, durationMs: 3_000, ratePerSec: 2_100 });
  const { good: answered, outcomes } = report;
  t.diagnostic(`good ${JSON.stringify(answered)}, refused ${outcomes.refused}, not sent ${report.unsent}`);
  assert.ok(outcomes.refused > 0);
  // Of a work in ten at most one is taken, of health everything.
  assert.ok((answered.health ?? 0) > 2 * ((answered.work ?? 0) / 20));
});
