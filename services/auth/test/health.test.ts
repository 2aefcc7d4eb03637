import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLogger, Metrics } from '@tsmicro/telemetry';
import { parseEnvironment } from '../src/config.ts';
import { openServer } from '../src/server.ts';
import { type Answer, AuthClient } from './auth-client.ts';
import { eventually, openSurroundings, type Surroundings } from './auth-fixture.ts';

let surroundings: Surroundings;
let server: Awaited<ReturnType<typeof openServer>>;
let client: AuthClient;
const metrics = new Metrics();
const lines: string[] = [];

before(async () => {
  surroundings = await openSurroundings({ ownServers: true });
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'auth', level: 'debug', destination });
  server = await openServer(parseEnvironment(surroundings.environment), { logger, metrics });
  client = new AuthClient(server.address);
});
after(async () => {
  await client[Symbol.asyncDispose]();
  await server.close();
  metrics.close();
  await surroundings[Symbol.asyncDispose]();
});

const ready = () => client.get('/health/ready');
const statusIs = (status: number) => (answer: Answer) => answer.status === status;

async function states(): Promise<Record<string, string>> {
  const { body } = await ready();
  return Object.fromEntries((body.data?.dependencies ?? []).map(({ name, state }) => [name, state]));
}

async function sample(name: string, labels: string): Promise<number> {
  const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`${name}{${labels}} `));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

test('metrics: requests by route, database operations, pool, cache and NATS endpoints are there', async () => {
  const { id } = await client.signUp();
  for (let round = 0; round < 3; round++) await client.get(`/profile/id/${id}`);
  await client.get('/nowhere');
  const requests = 'http_server_request_duration_seconds_count';
  assert.equal(await sample(requests, 'method="GET",route="/profile/id/:id",status="200"'), 3);
  assert.equal(await sample(requests, 'method="GET",route="unknown",status="404"'), 1);
  assert.ok(
    (await sample('postgres_operation_duration_seconds_count', 'operation="insert",outcome="ok"')) >= 2,
  );
  assert.ok((await sample('pool_connections', 'dependency="PostgreSQL",state="idle"')) >= 1);
  assert.equal(await sample('dependency_up', 'dependency="NATS"'), 1);
  const text = await metrics.text();
  assert.match(text, /^cache_reads_total\{namespace="[^"]+",result="hit"\} [12]$/m);
  assert.match(text, /^nats_endpoint_requests\{subject="auth\.authentication",state="running"\} 0$/m);
  assert.doesNotMatch(text, new RegExp(id));
});

test('the log of a whole session holds no secret', async () => {
  const person = await client.signUp();
  await client.signIn(person.email, person.password);
  await client.call('GET', '/verify/apikey', { headers: { 'x-api-key': 'a-key-of-somebody' } });
  const { accessToken, refreshToken } = person.tokens;
  for (const secret of [accessToken, refreshToken, person.password, 'a-key-of-somebody']) {
    assert.equal(
      lines.find((line) => line.includes(secret)),
      undefined,
    );
  }
  assert.ok(lines.length > 3);
});

test('ready follows PostgreSQL, and without Redis or NATS the service is ready, but degraded', async () => {
  assert.deepEqual(await states(), { PostgreSQL: 'up', NATS: 'up', Redis: 'up' });
  await surroundings.postgres.kill();
  const down = await eventually(ready, statusIs(503));
  assert.match(down.body.message ?? '', /^PostgreSQL is down since \d{4}-\d\d-\d\dT/);
  assert.equal((await client.get('/health')).status, 200);
  await surroundings.postgres.start();
  assert.equal((await eventually(ready, statusIs(200))).status, 200);
  await Promise.all([surroundings.redis.kill(), surroundings.nats.kill()]);
  const degraded = await eventually(states, ({ NATS, Redis }) => NATS === 'down' && Redis === 'down');
  assert.deepEqual(degraded, { PostgreSQL: 'up', NATS: 'down', Redis: 'down' });
  assert.equal((await ready()).status, 200);
  assert.equal(await sample('dependency_up', 'dependency="Redis"'), 0);
  await Promise.all([surroundings.redis.start(), surroundings.nats.start()]);
  await eventually(states, ({ NATS, Redis }) => NATS === 'up' && Redis === 'up');
});

test('a service that stops says so while it still answers', async () => {
  const config = parseEnvironment(surroundings.environment);
  const stopping = await openServer(config, { logger: createLogger({ name: 'auth', level: 'silent' }) });
  // A connection that was there before is still served.
  await using early = new AuthClient(stopping.address);
  assert.equal((await early.get('/health/ready')).status, 200);
  const closing = stopping.close();
  const answer = await early.get('/health/ready');
  assert.equal(answer.status, 503);
  assert.equal(answer.body.message, 'the service is stopping');
  await closing;
});
