import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ApiError,
  Controller,
  createRouter,
  RequestContext,
  type Routes,
  runInContext,
  timeLeftMs,
  unavailable,
} from '@tsmicro/network';

class Slow extends Controller {
  contexts: RequestContext[] = [];
  arrived = Promise.withResolvers<RequestContext>();

  constructor() {
    super('/');
  }

  mountRoutes(routes: Routes): void {
    routes.get('/hangs', {}, async ({ context }) => {
      this.arrived.resolve(context);
      context.signal.throwIfAborted();
      await new Promise(() => {});
    });
    const guards = [() => new Promise<void>(() => {})];
    routes.get('/guarded', { guards }, () => undefined);
    routes.get('/listens', {}, async ({ context }) => {
      const [reason] = await once(context.signal, 'abort').then(() => [context.signal.reason]);
      throw reason;
    });
    routes.get('/aborted', {}, async ({ context }) => {
      await sleep(10_000, undefined, { signal: context.signal });
    });
    routes.get('/quick', {}, async ({ context }) => {
      this.contexts.push(context);
      context.signal.throwIfAborted();
      return undefined;
    });
    routes.get('/down', {}, () => {
      throw unavailable('not ready', { data: { since: 'noon' } });
    });
  }
}

const slow = new Slow();
const router = createRouter();
let address: string;
before(async () => {
  router.loadControllers([slow]);
  address = await router.start({ host: '127.0.0.1', port: 0 });
});
after(() => router.close());

test('deadline: a handler still at work is a 504 when it passes, and hears of it', async () => {
  const startedAt = performance.now();
  const response = await fetch(`${address}/hangs`, { headers: { 'x-deadline-ms': '200' } });
  const ms = performance.now() - startedAt;
  assert.equal(response.status, 504);
  assert.equal(((await response.json()) as { code: string }).code, '10001');
  assert.ok(ms >= 190 && ms < 700, `${ms} ms`);
  const { signal } = await slow.arrived.promise;
  assert.equal((signal.reason as ApiError).status, 504);
});

test('deadline: a guard that never comes to an end is a 504 too', async () => {
  const response = await fetch(`${address}/guarded`, { headers: { 'x-deadline-ms': '150' } });
  assert.equal(response.status, 504);
});

test('deadline: what a handler throws because of its signal is the same 504', async () => {
  const response = await fetch(`${address}/listens`, { headers: { 'x-deadline-ms': '150' } });
  assert.equal(response.status, 504);
});

test('deadline: what fails because it was aborted by the signal is a 504 too, whatever it throws', async () => {
  const asked = Array.from({ length: 20 }, () =>
    fetch(`${address}/aborted`, { headers: { 'x-deadline-ms': '100' } }),
  );
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)], [504]);
});

test('deadline: the signal aborts when the caller leaves, long before the deadline', async () => {
  slow.arrived = Promise.withResolvers();
  const leaving = new AbortController();
  const asked = fetch(`${address}/hangs`, { signal: leaving.signal }).catch(() => undefined);
  const { signal } = await slow.arrived.promise;
  assert.equal(signal.aborted, false);
  const aborted = once(signal, 'abort');
  leaving.abort();
  await aborted;
  await asked;
});

test('deadline: the signal of a request that was answered never aborts', async () => {
  assert.equal((await fetch(`${address}/quick`, { headers: { 'x-deadline-ms': '60' } })).status, 200);
  const context = slow.contexts.at(-1);
  assert.ok(context);
  while (context.timeLeftMs() > -20) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(context.signal.aborted, false);
});

test('deadline: a dependency gets a little less than the request has left', () => {
  const left = runInContext(new RequestContext({ timeoutMs: 1_000 }), () => timeLeftMs());
  assert.ok(left !== undefined && left > 900 && left <= 950, `${left}`);
  assert.equal(timeLeftMs(), undefined);
});

test('error: a failure may carry data in the envelope', async () => {
  const response = await fetch(`${address}/down`);
  const body = (await response.json()) as { message: string; data: unknown };
  assert.equal(response.status, 503);
  assert.deepEqual([body.message, body.data], ['not ready', { since: 'noon' }]);
});
