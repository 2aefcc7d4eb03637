import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { defineEndpoint, NatsConfigError, requestNats } from '@tsmicro/micro';
import { echo, fail, type OpenDesk, openDesk, slow } from './desk.ts';

let open: OpenDesk;
before(async () => {
  open = await openDesk();
});
after(() => open[Symbol.asyncDispose]());

interface EndpointReport {
  [figure: string]: unknown;
  name: string;
  metadata: Record<string, string>;
}

async function discover(subject: string) {
  const reply = await open.client.connection.request(subject, '', { timeout: 1_000 });
  return reply.json<{
    [field: string]: unknown;
    metadata: Record<string, string>;
    endpoints: EndpointReport[];
  }>();
}

test('discovery: PING answers to all, to the name and to the id, with the HTTP address', async () => {
  const id = open.router.natsClient.instanceId;
  for (const subject of ['$SRV.PING', '$SRV.PING.desk', `$SRV.PING.desk.${id}`]) {
    assert.deepEqual(await discover(subject), {
      type: 'io.nats.micro.v1.ping_response',
      name: 'desk',
      id,
      version: '1.2.3',
      metadata: { instance: id, http: open.address },
    });
  }
});

test('discovery: INFO shows subject, queue group and schemas of every endpoint', async () => {
  const info = await discover('$SRV.INFO.desk');
  assert.equal(info.type, 'io.nats.micro.v1.info_response');
  assert.equal(info.description, 'A desk');
  assert.deepEqual(
    info.endpoints.map(({ name, ...rest }) => [name, rest.subject, rest.queue_group]),
    ['echo', 'fail', 'slow'].map((name) => [name, `desk.front.row.${name}`, 'q']),
  );
  assert.deepEqual(
    JSON.parse(info.endpoints[0]?.metadata.request ?? ''),
    JSON.parse(JSON.stringify(echo.request)),
  );
});

test('discovery: STATS counts requests, errors and whole nanoseconds', async () => {
  await requestNats(open.client, echo, { value: 'x' });
  await requestNats(open.client, fail, { value: 'not here' }).catch(() => {});
  const stats = await discover('$SRV.STATS.desk');
  assert.equal(stats.type, 'io.nats.micro.v1.stats_response');
  assert.ok(!Number.isNaN(Date.parse(String(stats.started))));
  const [echoed, failed] = stats.endpoints;
  assert.equal(echoed?.num_requests, 1);
  assert.equal(echoed?.num_errors, 0);
  assert.equal(failed?.num_errors, 1);
  assert.equal(failed?.last_error, '404:not here');
  for (const endpoint of stats.endpoints) {
    for (const figure of ['num_requests', 'num_errors', 'processing_time', 'average_processing_time']) {
      assert.ok(Number.isInteger(endpoint[figure]), figure);
    }
  }
  assert.ok(Number(echoed?.processing_time) > 0);
});

test('endpoint: an error is marked by the headers of the services protocol', async () => {
  const reply = await open.client.connection.request(fail.subject, '{"data":{"value":"two\\nlines ü!"}}', {
    timeout: 1_000,
  });
  assert.equal(reply.headers?.get('Nats-Service-Error-Code'), '404');
  assert.equal(reply.headers?.get('Nats-Service-Error'), 'two lines  !');
  assert.equal(reply.string(), '{"error":"404:two\\nlines ü!"}');
});

test('endpoint: whatever is no request gets a 400, never silence', async () => {
  const payloads: (string | Uint8Array)[] = [
    '',
    ' ',
    '{',
    'null',
    '[]',
    '"x"',
    '7',
    '{}',
    '{"data":null}',
    '{"data":{}}',
    '{"data":[]}',
    '{"data":{"value":7}}',
    '{"data":{"value":{"$ne":null}}}',
    '{"data":{"value":"a\\u0000"}}',
    '{"error":"404:x"}',
    '{"error":7}',
    '{"data":{"value":"x"},"error":"500:x"}',
    `{"data":${'['.repeat(40)}${']'.repeat(40)}}`,
    new Uint8Array([0xff, 0xfe]),
  ];
  for (const payload of payloads) {
    const reply = await open.client.connection.request(echo.subject, payload, { timeout: 1_000 });
    assert.match(reply.string(), /^\{"error":"400:/, String(payload));
  }
});

test('endpoint: a contract of another path or service cannot be mounted', async () => {
  const foreign = defineEndpoint({ ...echo, service: 'other', path: '/front/row' });
  class Wrong extends (await import('@tsmicro/micro')).Controller {
    mountRoutes(): void {}
    override mountNats(group: Parameters<OpenDesk['desk']['mountNats']>[0]): void {
      group.addEndpoint(foreign, ({ value }) => ({ value }));
    }
  }
  assert.throws(() => open.router.loadControllers([new Wrong('/front/row')]), NatsConfigError);
});

test('stop: it leaves the queue group, and what runs is answered', async () => {
  await using brief = await openDesk();
  const answer = requestNats(brief.client, slow, { value: 'last words' });
  await brief.desk.arrived.promise;
  const closed = brief.router.close();
  const refused = async () =>
    requestNats(brief.client, echo, { value: 'x' }, { timeoutMs: 300 }).then(
      () => false,
      (error: { status?: number }) => error.status === 503,
    );
  const startedAt = performance.now();
  while (!(await refused())) assert.ok(performance.now() - startedAt < 2_000, 'new requests find nobody');
  for (const finish of brief.desk.waiting) finish();
  assert.equal((await answer).value, 'last words');
  await closed;
});
