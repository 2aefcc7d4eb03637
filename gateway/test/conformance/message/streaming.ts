import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { headOf, openRequest } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';

/** Longer than any gateway here waits for the beginning of an answer. */
const pauseMs = 5_500;
const readTimeoutMs = 8_000;

/** A service that opens a stream for whoever asks, and hands it to the test. */
async function openStreams(stage: Stage, t: TestContext): Promise<Promise<ServerResponse>[]> {
  const opened = [Promise.withResolvers<ServerResponse>(), Promise.withResolvers<ServerResponse>()];
  const upstream = await stage.openUpstream(t, 'console');
  let next = 0;
  upstream.listener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    opened[next++]?.resolve(response);
  };
  await stage.load({ services: [serviceOf('console', upstream, { read_timeout: readTimeoutMs })] });
  return opened.map(({ promise }) => promise);
}

/** Server-sent events: pushed for as long as both sides want, each at once. */
export const streaming: Area = {
  tests(test) {
    test('stream: its head and each event arrive at once, and a long pause between two does not end it', async (stage, t) => {
      const [opened] = await openStreams(stage, t);
      const incoming = await headOf(openRequest(stage.gateway.baseUrl, '/console/live').end());
      assert.equal(incoming.headers['content-type'], 'text/event-stream');
      assert.equal(incoming.headers['content-length'], undefined);
      const stream = await opened;
      assert.ok(stream);
      const events = incoming.setEncoding('utf8')[Symbol.asyncIterator]();
      // Each is sent only once the one before has come: what a gateway held back would never come.
      for (const event of ['data: 1\n\n', 'data: 2\n\n', ':\n\n']) {
        stream.write(event);
        assert.equal((await events.next()).value, event);
      }
      setTimeout(() => stream.end('data: after a pause\n\n'), pauseMs);
      assert.equal((await events.next()).value, 'data: after a pause\n\n');
      assert.equal((await events.next()).done, true);
    });

    test('stream: a client that leaves is seen by the service, and nobody else’s stream ends', async (stage, t) => {
      const streams = await openStreams(stage, t);
      const leaving = await headOf(openRequest(stage.gateway.baseUrl, '/console/live').end());
      const staying = await headOf(openRequest(stage.gateway.baseUrl, '/console/live').end());
      const [left, stayed] = await Promise.all(streams);
      assert.ok(left && stayed);
      const closed = once(left, 'close', { signal: AbortSignal.timeout(2_000) });
      leaving.destroy();
      await closed;
      stayed.write('data: still here\n\n');
      const [event] = await once(staying.setEncoding('utf8'), 'data');
      assert.equal(event, 'data: still here\n\n');
      staying.destroy();
    });
  },
};
