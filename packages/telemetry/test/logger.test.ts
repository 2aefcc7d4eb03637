import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, RequestContext, runInContext } from '@tsmicro/network';
import { createLogger } from '../src/index.ts';

/** A logger, and what it wrote. */
function openLog(level = 'info') {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level,
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}

const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.${'s'.repeat(40)}`;
const secret = 'hush-hush-7';

/** Everything that must never be found in a line. */
function assertSilent(lines: readonly string[]): void {
  assert.ok(lines.length > 0);
  for (const word of [secret, encodeURIComponent(secret), jwt, 'ssssssss', 'ann@example.com']) {
    const found = lines.find((line) => line.includes(word));
    assert.equal(found, undefined, `${word} in ${found}`);
  }
}

test('secrets are masked by the name of their field, whatever its case and depth', () => {
  const { logger, lines, entries } = openLog();
  const names = ['password', 'newPassword', 'DB_USER_PWD', 'accessToken', 'REFRESH_TOKEN', 'x-api-key'];
  const more = [
    'apiKey',
    'api_key',
    'key',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'passwordHash',
    'privateKey',
  ];
  for (const name of [...names, ...more]) {
    logger.info({ [name]: secret }, 'flat');
    logger.info({ a: { b: [{ c: { [name]: { d: [secret] } } }] } }, 'deep');
    logger.child({ [name]: secret }).info('bound');
  }
  logger.info({ a: { b: { c: { d: { e: { f: { g: { h: { i: { note: secret } } } } } } } } } }, 'too deep');
  logger.info(
    { rawHeaders: ['Host', 'here', 'X-Api-Key', secret, 'authorization', `Bearer ${secret}`] },
    'raw',
  );
  logger.info({ form: new URLSearchParams({ password: secret }), body: Buffer.from(secret) }, 'objects');
  logger.info({ user: { toJSON: () => ({ id: 7, password: secret }) } }, 'converted');
  assertSilent(lines);
  assert.deepEqual(entries()[1].a.b[0].c, { password: '***' });
  assert.equal(entries().at(-1).user.id, 7);
});

test('secrets are masked by their form, in messages, fields, errors and stacks', () => {
  const { logger, lines } = openLog();
  const texts = [
    `connecting to postgres://app:${secret}@db:5432/auth?sslmode=require`,
    `mongodb+srv://app:${encodeURIComponent(secret)}@one,two/blog`,
    `nats://:p@ss${secret}@nats:4222`,
    `host=db user=app password=${secret} dbname=auth`,
    `GET /x?access_token=${secret}&page=1`,
    `authorization: Bearer ${secret}`,
    `header Basic ${secret}==`,
    `the token ${jwt} has expired`,
    `$argon2id$v=19$m=19456,t=2,p=1$${secret}$${secret}`,
    `$2b$12$${secret}`,
    `refused body {"email":"a","password":"${secret}"}`,
  ];
  for (const text of texts) {
    logger.info(text);
    logger.info({ text }, 'field');
    logger.info({ list: [[text]] }, 'list');
    logger.error(new Error(text));
    logger.error({ err: new Error('outer', { cause: new Error(text) }) }, 'cause');
    logger.child({ text }).info('bound');
  }
  assertSilent(lines);
  assert.match(lines[0] ?? '', /postgres:\/\/\*\*\*@db:5432\/auth\?sslmode=require/);
});

test("errors show what helps and never a row: PostgreSQL's detail, MongoDB's key, values of the wrong type", () => {
  const { logger, lines, entries } = openLog();
  const row = `Failing row contains (1, ann@example.com, ${secret}).`;
  const fault = Object.assign(new Error('null value in column "name" of relation "users"'), {
    severity: 'ERROR',
    code: '23502',
    table: 'users',
    detail: row,
    where: row,
    hint: row,
    internalQuery: row,
    dataType: row,
    parameters: [secret],
  });
  const duplicate = new Error(`E11000 duplicate key error dup key: { email: "ann@example.com" }`);
  const wrongType = new Error('invalid input syntax for type uuid: "ann@example.com"');
  for (const error of [fault, duplicate, wrongType]) {
    logger.error(error);
    logger.error({ err: error }, 'failed');
    logger.error({ error }, 'under another name');
    logger.error({ work: { tries: [{ error }] } }, 'deep');
    logger.error({ err: new ApiError(503, 'service unavailable', { cause: error }) }, 'cause');
    logger.error({ err: new AggregateError([error], 'all failed') }, 'aggregate');
    logger.child({}, { serializers: {} }).error({ err: error }, 'child');
  }
  assertSilent(lines);
  const [, { err }] = entries();
  assert.equal(err.code, '23502');
  assert.equal(err.table, 'users');
  assert.equal(err.type, 'Error');
  assert.match(err.message, /null value in column/);
  assert.match(err.stack, /logger\.test\.ts/);
});

test('a hostile text costs no more than its length', () => {
  const { logger, lines } = openLog();
  const startedAt = performance.now();
  for (const piece of ['eyJ', '://', 'a@', ':/', '$2b$', 'password', '"', '\\"', 'Bearer ']) {
    logger.info({ path: piece.repeat(8_192) }, piece.repeat(8_192));
  }
  assert.equal(lines.length, 9);
  assert.ok(performance.now() - startedAt < 2_000, `${performance.now() - startedAt} ms`);
});

test('a line written while a request is worked on has its id and its trace, once', async () => {
  const { logger, lines, entries } = openLog();
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const context = new RequestContext({ requestId: 'r-1', timeoutMs: 1_000, trace: { traceparent } });
  await runInContext(context, async () => {
    logger.info('in');
    logger.child({ requestId: 'r-2' }).info('child');
    logger.info({ requestId: 'r-3' }, 'given');
  });
  logger.info('out');
  assert.deepEqual(
    entries().map(({ requestId, traceId }) => [requestId, traceId]),
    [
      ['r-1', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['r-2', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['r-3', '4bf92f3577b34da6a3ce929d0e0e4736'],
      [undefined, undefined],
    ],
  );
  for (const line of lines.slice(0, 3)) assert.equal(line.split('"requestId"').length, 2, line);
});

test('what is no secret stays: names, numbers, dates, words about passwords', () => {
  const { logger, entries } = openLog();
  const at = new Date(0);
  logger.info(
    { address: 'http://127.0.0.1:8001/a?page=2', ms: 3, at, list: [1, 'x'], none: null },
    'password is required',
  );
  const { address, ms, at: shown, list, none, msg } = entries()[0];
  assert.deepEqual(
    { address, ms, shown, list, none, msg },
    {
      address: 'http://127.0.0.1:8001/a?page=2',
      ms: 3,
      shown: at.toISOString(),
      list: [1, 'x'],
      none: null,
      msg: 'password is required',
    },
  );
});
