// How large a request may be, at the gateway and at the services' own ports, and what is no HTTP at all: whatever is
// refused is refused in the envelope, and the server goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RawAnswer, sendRaw } from '../gateway/test/raw-client.ts';
import { System, seedApiKey } from './system.ts';

const maxBodyBytes = 1024 * 1024;
const maxHeaderBytes = 16 * 1024;
const maxUrlLength = 8 * 1024;
const maxDepth = 32;

/** Where a request may go: a path that takes a body, one that is read, each behind the prefix of the place. */
interface Place {
  readonly name: string;
  readonly at: 'gateway' | 'auth' | 'blog';
  readonly prefix: string;
  readonly method: string;
  readonly path: string;
}

const signIn = { method: 'POST', path: '/signin/basic' };
const places: Place[] = [
  { name: 'auth behind the gateway', at: 'gateway', prefix: '/auth', ...signIn },
  { name: 'blog behind the gateway', at: 'gateway', prefix: '/blog', method: 'POST', path: '/author' },
  { name: 'auth itself', at: 'auth', prefix: '', ...signIn },
  { name: 'blog itself', at: 'blog', prefix: '', method: 'POST', path: '/author' },
];

let system: System;
let token = '';
const ports = { gateway: 0, auth: 0, blog: 0 };
before(async () => {
  system = await System.open();
  const addresses = await system.addresses();
  for (const name of ['gateway', 'auth', 'blog'] as const)
    ports[name] = Number(new URL(addresses[name]).port);
  token = (await system.signIn()).accessToken;
});
after(() => system[Symbol.asyncDispose]());

interface Parts {
  line?: string;
  headers?: string[];
  body?: string;
}

/** Sends a request with a key and a token; `line` and `headers` replace and add to what is usual. */
function send(
  { at, prefix, method, path }: Place,
  { line, headers = [], body = '' }: Parts,
): Promise<RawAnswer> {
  const head = [
    line ?? `${method} ${prefix}${path} HTTP/1.1`,
    'host: x',
    `x-api-key: ${seedApiKey}`,
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    ...headers,
  ];
  return sendRaw(ports[at], `${head.join('\r\n')}\r\n\r\n${body}`);
}

const sized = (body: string): Parts => ({ headers: [`content-length: ${Buffer.byteLength(body)}`], body });
const chunked = (body: string): Parts => ({
  headers: ['transfer-encoding: chunked'],
  body: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
});
/** JSON of exactly so many bytes, with a field that nobody reads. */
const jsonOf = (bytes: number) => `{"x":"${'a'.repeat(bytes - 8)}"}`;
/** JSON that is nested so deep. */
const nested = (depth: number) => `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
/** A header line that fills the head up to about so many bytes. */
const filling = (bytes: number) => `x-filling: ${'a'.repeat(bytes)}`;
const longUrl = ({ prefix }: Place, length: number): Parts => {
  const path = `${prefix}/`;
  return { line: `GET ${path}${'a'.repeat(length - path.length)} HTTP/1.1` };
};

async function assertRefused(place: Place, parts: Parts, status: number, what: string): Promise<void> {
  const { status: came, json, headers } = await send(place, parts);
  const said = `${what} at ${place.name}: ${came} ${JSON.stringify(json)}`;
  assert.equal(came, status, said);
  assert.deepEqual([json?.code, json?.status], ['10001', status], said);
  assert.equal(headers.get('x-request-id'), json?.requestId, said);
}

/** What is within the bounds is judged for what it says: it lacks every field. */
async function assertRead(place: Place, parts: Parts, what: string): Promise<void> {
  const { status, json } = await send(place, parts);
  assert.equal(status, 400, `${what} at ${place.name}: ${status}`);
  assert.match(String(json?.message), / is required/, `${what} at ${place.name}`);
}

for (const place of places) {
  test(`sizes: ${place.name}: a body of 1 MiB is read, one byte more is a 413`, async () => {
    await assertRead(place, sized(jsonOf(maxBodyBytes)), '1 MiB');
    await assertRefused(place, sized(jsonOf(maxBodyBytes + 1)), 413, 'a byte more');
    await assertRefused(place, chunked(jsonOf(maxBodyBytes + 1)), 413, 'a byte more in chunks');
  });

  test(`sizes: ${place.name}: JSON 32 deep is read, 33 deep is a 400 that says so`, async () => {
    await assertRead(place, sized(nested(maxDepth)), '32 deep');
    const { status, json } = await send(place, sized(nested(maxDepth + 1)));
    assert.equal(status, 400);
    assert.match(String(json?.message), /nested|deep/);
    await assertRefused(place, sized(nested(100_000)), 400, '100,000 deep');
  });

  test(`sizes: ${place.name}: headers of nearly 16 KiB pass, more are a 431`, async () => {
    await assertRead(
      place,
      { ...sized('{}'), headers: ['content-length: 2', filling(maxHeaderBytes - 2_000)] },
      'headers',
    );
    await assertRefused(place, { headers: [filling(maxHeaderBytes)] }, 431, 'one long header');
    await assertRefused(
      place,
      { headers: Array.from({ length: 500 }, () => filling(60)) },
      431,
      'many headers',
    );
  });

  test(`sizes: ${place.name}: a URL of 8 KiB is looked up, a longer one is a 414`, async () => {
    await assertRefused(place, longUrl(place, maxUrlLength), 404, '8 KiB');
    await assertRefused(place, longUrl(place, maxUrlLength + 1), 414, 'a byte more');
    await assertRefused(place, longUrl(place, 20_000), 414, '20,000 bytes');
  });

  test(`sizes: ${place.name}: what node itself would refuse is refused in the envelope`, async () => {
    const refused: [what: string, parts: Parts, status: number][] = [
      ['garbage', { line: 'no http at all' }, 400],
      ['a header without a name', { headers: [': x'] }, 400],
      ['two lengths', { headers: ['content-length: 1', 'content-length: 2'], body: 'ab' }, 400],
      [
        'two framings',
        { headers: ['content-length: 1', 'transfer-encoding: chunked'], body: '0\r\n\r\n' },
        400,
      ],
      ['an odd chunk', { headers: ['transfer-encoding: chunked'], body: 'zz\r\n' }, 400],
      ['a foreign expectation', { headers: ['expect: x'] }, 417],
    ];
    for (const [what, parts, status] of refused) await assertRefused(place, parts, status, what);
    const { status } = await system.ask('GET', `${place.prefix}/health`, {
      at: `http://127.0.0.1:${ports[place.at]}`,
    });
    assert.equal(status, 200);
  });
}
