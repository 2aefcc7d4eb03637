import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { echo, knownKey, openFixture, openUpstream, sendJson, until, verifyKey } from './fixture.ts';
import { openSocket, readAnswer, requestText } from './raw-client.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const key = { 'x-api-key': knownKey };

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  output(): string;
}

function startMain(t: TestContext, environment: Record<string, string>): Started {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, METRICS_PORT: '0', ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  return { child, exited, output: () => output };
}

test('close: clients that keep asking are sent away and lose no request, POSTs included', async (t) => {
  const fixture = await openFixture(t);
  const failed: unknown[] = [];
  let answered = 0;
  let sentAway = 0;
  const ask = async (dispatcher: Agent): Promise<void> => {
    const options = { method: 'POST', headers: key, body: '{"a":1}', dispatcher } as const;
    let open = true;
    while (open) {
      const { statusCode, headers, body } = await request(`${fixture.gateway.address}/blog/x`, options);
      await body.dump();
      if (statusCode !== 200) failed.push(statusCode);
      answered++;
      open = headers.connection !== 'close';
    }
    sentAway++;
  };
  const agents = Array.from({ length: 16 }, () => new Agent({ connections: 1 }));
  const clients = Promise.all(agents.map(ask));
  await until('some answers', () => answered > 200);
  await fixture.gateway.close();
  await clients;
  await Promise.all(agents.map((agent) => agent.destroy()));
  assert.deepEqual([failed, sentAway], [[], 16]);
});

test('close: running requests are waited for, idle connections are not, and it is done once', async (t) => {
  const held: (() => void)[] = [];
  const fixture = await openFixture(t);
  const idle = await openSocket(fixture.port);
  idle.write(requestText('GET /blog/x HTTP/1.1'));
  await readAnswer(idle);
  fixture.blog.listener = (_incoming, response) => held.push(() => sendJson(response, 200, {}));
  const socket = await openSocket(fixture.port);
  const answer = readAnswer(socket);
  socket.write(requestText('GET /blog/x HTTP/1.1'));
  await until('the request', () => held.length === 1);
  let done = false;
  const closing = fixture.gateway.close({ lingerMs: 0 }).then(() => {
    done = true;
  });
  await until('the idle connection to end', () => idle.readableEnded || idle.destroyed);
  assert.equal(done, false);
  held[0]?.();
  const { status, headers } = await answer;
  assert.deepEqual([status, headers.get('connection')], [200, 'close']);
  await closing;
  await fixture.gateway.close();
  await assert.rejects(openSocket(fixture.port), { code: 'ECONNREFUSED' });
  idle.destroy();
  await until(
    'the connections to services to close',
    () => fixture.blog.sockets + fixture.auth.sockets === 0,
  );
});

test('main: it says where it listens, answers what runs when SIGTERM comes, and exits with 0', async (t) => {
  const auth = await openUpstream(verifyKey);
  const held: (() => void)[] = [];
  const blog = await openUpstream((incoming, response) => held.push(() => echo(incoming, response)));
  t.after(() => Promise.all([auth.close(), blog.close()]));
  const { child, exited, output } = startMain(t, {
    SERVER_PORT: '0',
    HOST_MAP: `auth:8000=127.0.0.1:${auth.port},blog:8000=127.0.0.1:${blog.port}`,
  });
  await until('the log line', () => output().includes('gateway is ready'));
  // Before it stands what it has no address for here: Redis.
  const ready = output()
    .split('\n')
    .find((line) => line.includes('gateway is ready'));
  const { address } = JSON.parse(ready ?? '') as { address: string };
  const asked = request(`${address}/blog/x`, { headers: key });
  await until('the request', () => held.length === 1);
  child.kill('SIGTERM');
  await until('the log line', () => output().includes('gateway stops'));
  held[0]?.();
  const { statusCode, body } = await asked;
  await body.dump();
  assert.equal(statusCode, 200);
  assert.deepEqual(await exited, [0, null]);
  for (const line of output().trim().split('\n')) assert.ok(JSON.parse(line));
});

test('main: what it cannot start with is one message and exit code 1', async (t) => {
  const wrong = startMain(t, { SERVER_PORT: '99999', LOG_LEVEL: 'loud' });
  assert.deepEqual(await wrong.exited, [1, null]);
  assert.match(wrong.output(), /LOG_LEVEL.*SERVER_PORT/s);
  const missing = startMain(t, { SERVER_PORT: '0', KONG_CONFIG: '/nowhere/kong.yml' });
  assert.deepEqual(await missing.exited, [1, null]);
  assert.match(missing.output(), /\/nowhere\/kong\.yml cannot be used/);
  const taken = await openUpstream(echo);
  t.after(() => taken.close());
  const late = startMain(t, { SERVER_PORT: String(taken.port) });
  assert.deepEqual(await late.exited, [1, null]);
  assert.match(late.output(), /EADDRINUSE/);
});
