import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectNats, defineEndpoint, requestNats, requestNatsRaw } from '@tsmicro/micro';
import { RequestContext, runInContext } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { echo, fail, nobody, type OpenDesk, openDesk, slow } from './desk.ts';

let open: OpenDesk;
before(async () => {
  open = await openDesk();
});
after(() => open[Symbol.asyncDispose]());

const elapsed = async (work: () => Promise<unknown>) => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

test('request: the answer is typed, and has only what the contract names', async () => {
  const { value, ...rest } = await requestNats(open.client, echo, { value: 'hello' });
  assert.equal(value, 'hello');
  assert.deepEqual(Object.keys(rest), ['seconds']);
});

test('request: the raw form gives the message that brought the answer', async () => {
  const { data, message } = await requestNatsRaw(open.client, echo, { value: 'hello' });
  assert.equal(data.value, 'hello');
  assert.match(message.string(), /^\{"data":\{"value":"hello"/);
});

test('request: an error comes back as the same error', async () => {
  await assert.rejects(requestNats(open.client, fail, { value: 'no such: "thing"\nüber' }), {
    name: 'ApiError',
    status: 404,
    message: 'no such: "thing"\nüber',
  });
});

test('request: a fault of the other side is a 500 or 503 without its words', async () => {
  await assert.rejects(requestNats(open.client, fail, { value: 'bug' }), {
    status: 500,
    message: 'something went wrong',
  });
  await assert.rejects(requestNats(open.client, fail, { value: 'fault' }), {
    status: 503,
    message: 'service unavailable',
  });
});

test('request: what breaks the schema is refused by the other side, naming the field', async () => {
  await assert.rejects(requestNats(open.client, echo, { value: ' ' }), {
    status: 400,
    message: 'value is required',
  });
});

test('request: no responder is a 503, at once', async () => {
  const ms = await elapsed(() =>
    assert.rejects(requestNats(open.client, nobody, { value: 'x' }), { status: 503 }),
  );
  assert.ok(ms < 300, `${ms} ms`);
});

test('request: a deadline that passes is a 504, and the late reply finds nobody', async () => {
  const ms = await elapsed(() =>
    assert.rejects(requestNats(open.client, slow, { value: 'x' }, { timeoutMs: 200 }), { status: 504 }),
  );
  assert.ok(ms >= 190 && ms < 600, `${ms} ms`);
  for (const finish of open.desk.waiting) finish();
  assert.equal((await requestNats(open.client, echo, { value: 'still here' })).value, 'still here');
});

test('request: a signal ends the wait', async () => {
  const given = AbortSignal.timeout(100);
  const ms = await elapsed(() =>
    assert.rejects(requestNats(open.client, slow, { value: 'x' }, { signal: given }), { status: 504 }),
  );
  assert.ok(ms < 500, `${ms} ms`);
});

test('request: it carries the request id, the trace and what is left of the deadline', async () => {
  const context = new RequestContext({
    requestId: 'id-1',
    timeoutMs: 900,
    trace: {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
    },
  });
  const { seconds = 0 } = await runInContext(context, () => requestNats(open.client, echo, { value: 'x' }));
  const seen = open.desk.contexts.at(-1);
  assert.equal(seen?.requestId, 'id-1');
  assert.equal(seen?.traceparent, context.traceparent);
  assert.equal(seen?.tracestate, 'a=b');
  assert.ok(seconds > 0.5 && seconds < 0.9, `${seconds} s`);
});

test('request: without time left nothing is sent', async () => {
  const before = open.desk.contexts.length;
  const context = new RequestContext({ requestId: 'id-2', timeoutMs: 0 });
  await assert.rejects(
    runInContext(context, () => requestNats(open.client, echo, { value: 'x' })),
    { status: 504 },
  );
  assert.equal((await requestNats(open.client, echo, { value: 'next' })).value, 'next');
  assert.equal(open.desk.contexts.length, before + 1);
});

test('request: a reply against the contract is a 500, not the caller’s fault', async () => {
  const wrong = defineEndpoint({
    service: 'desk',
    path: '/front/row',
    name: 'echo',
    request: echo.request,
    reply: Type.Object({ value: Type.Integer() }),
    summary: 'What the desk does not promise',
  });
  await assert.rejects(requestNats(open.client, wrong, { value: 'x' }), { status: 500 });
});

test('request: hundreds at once each get their own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, i) => requestNats(open.client, echo, { value: `${i}` })),
  );
  assert.deepEqual(
    answers.map(({ value }) => value),
    Array.from({ length: 500 }, (_, i) => `${i}`),
  );
});

test('request: a closed client answers 503, to those who wait as well', async () => {
  const client = await connectNats({
    natsUrl: open.server.url,
    natsServiceName: 'brief',
    natsServiceVersion: '1.0.0',
  });
  open.desk.arrived = Promise.withResolvers();
  const waiting = assert.rejects(requestNats(client, slow, { value: 'x' }), { status: 503 });
  await open.desk.arrived.promise;
  await client.connection.close();
  await waiting;
  await assert.rejects(requestNats(client, echo, { value: 'x' }), { status: 503 });
});
