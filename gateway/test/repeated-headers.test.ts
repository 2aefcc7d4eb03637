// A client that says the same with each request of a connection is heard each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownKey, openFixture } from './fixture.ts';
import { openSocket, type RawAnswer, readAnswer, requestText } from './raw-client.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Sends these on one connection, each when the one before it is answered. */
async function sendInTurn(port: number, requests: readonly string[]): Promise<RawAnswer[]> {
  const socket = await openSocket(port);
  const answers: RawAnswer[] = [];
  for (const text of requests) {
    const answer = readAnswer(socket);
    socket.write(Buffer.from(text, 'latin1'));
    answers.push(await answer);
    socket.removeAllListeners('data');
    socket.removeAllListeners('close');
  }
  socket.destroy();
  return answers;
}

const seenBy = ({ json }: RawAnswer) => json as unknown as Seen;

test('repeated headers: each request has its own target, body, id and trace, and the same headers', async (t) => {
  const { port } = await openFixture(t);
  const headers = ['content-length: 2', 'X-Custom: value', 'connection: x-of-this-hop', 'x-of-this-hop: 1'];
  const bodies = ['{}', '[]', '10', '42'];
  const answers = await sendInTurn(
    port,
    bodies.map((body, i) => requestText(`POST /blog/n${i} HTTP/1.1`, headers, body)),
  );
  const seen = answers.map(seenBy);
  assert.deepEqual(
    seen.map(({ url, body }) => [url, body]),
    bodies.map((body, i) => [`/n${i}`, body]),
  );
  const ids = answers.map((answer) => answer.headers.get('x-request-id'));
  assert.equal(new Set(ids).size, bodies.length);
  for (const [i, { headers: got }] of seen.entries()) {
    assert.equal(got['x-request-id'], ids[i]);
    assert.equal(got['x-custom'], 'value');
    assert.equal(got['x-of-this-hop'], undefined);
    assert.equal(got['x-api-key'], knownKey);
    assert.equal(got['x-forwarded-for'], '127.0.0.1');
    assert.equal(got['x-forwarded-host'], 'gateway');
    assert.equal(got['x-forwarded-port'], String(port));
  }
  assert.equal(new Set(seen.map(({ headers: got }) => got.traceparent)).size, bodies.length);
});

test('repeated headers: what differs in one character is read anew, and forgotten when it differs again', async (t) => {
  const { port } = await openFixture(t);
  const values = ['a', 'a', 'a', 'b', 'b', 'a', 'a'];
  const answers = await sendInTurn(
    port,
    values.map((value) => requestText('GET /blog/x HTTP/1.1', [`x-custom: ${value}`])),
  );
  assert.deepEqual(
    answers.map((answer) => seenBy(answer).headers['x-custom']),
    values,
  );
});

test('repeated headers: a key that is withheld, or no longer the known one, is so each time', async (t) => {
  const { port } = await openFixture(t, {
    plugin: 'verification_urls: ["http://auth:8000/verify/apikey"], hide_credentials: true',
  });
  const known = requestText('GET /blog/x HTTP/1.1');
  const unknown = known.replace(knownKey, 'an-other-key!');
  const answers = await sendInTurn(port, [known, known, known, unknown, unknown, known]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 403, 403, 200],
  );
  for (const answer of answers)
    if (answer.status === 200) assert.equal(seenBy(answer).headers['x-api-key'], undefined);
});

test('repeated headers: what a plugin sets is set anew', async (t) => {
  const { port } = await openFixture(t, {
    plugin: `verification_urls: ["http://auth:8000/verify/apikey"] }
  - name: correlation-id
    config: { header_name: x-other-id, generator: uuid, echo_downstream: true`,
  });
  const answers = await sendInTurn(port, new Array(4).fill(requestText('GET /blog/x HTTP/1.1')));
  const ids = answers.map(({ headers }) => headers.get('x-other-id'));
  assert.equal(new Set(ids).size, answers.length);
  assert.deepEqual(
    answers.map((answer) => seenBy(answer).headers['x-other-id']),
    ids,
  );
});

test('repeated headers: what another version of HTTP may say, this one may not', async (t) => {
  const { port } = await openFixture(t);
  const [first, second] = await sendInTurn(
    port,
    ['1.1', '1.0'].map((version) =>
      requestText(`POST /blog/x HTTP/${version}`, ['transfer-encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'),
    ),
  );
  assert.deepEqual([first?.status, second?.status], [200, 400]);
});
