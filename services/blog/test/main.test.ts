import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startMongo } from '@tsmicro/stack';
import { openSurroundings, type Surroundings } from './blog-fixture.ts';
import { BlogProcess } from './blog-process.ts';

const complete = {
  METRICS_PORT: '0',
  DB_URL: 'mongodb://127.0.0.1:1',
  DB_NAME: 'blog',
  REDIS_HOST: '127.0.0.1',
  NATS_URL: 'nats://127.0.0.1:1',
};

describe('a start', () => {
  let surroundings: Surroundings;
  before(async () => {
    surroundings = await openSurroundings();
  });
  after(() => surroundings[Symbol.asyncDispose]());

  test('missing and wrong variables are all named in one message, without a stack, with exit code 1', async () => {
    await using blog = new BlogProcess({
      SERVER_PORT: 'many',
      REDIS_PORT: '70000',
      DB_MAX_POOL_SIZE: '0',
      LOG_LEVEL: 'loud',
      NATS_SERVICE_VERSION: 'one',
    });
    assert.equal((await blog.ended()).code, 1);
    const names = ['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_USER_PWD', 'REDIS_HOST', 'NATS_URL'];
    for (const name of names) assert.match(blog.err, new RegExp(`^  ${name} is required \\(`, 'm'));
    const wrong = ['SERVER_PORT', 'REDIS_PORT', 'DB_MAX_POOL_SIZE', 'LOG_LEVEL', 'NATS_SERVICE_VERSION'];
    for (const name of wrong) assert.match(blog.err, new RegExp(`^  ${name} (is|must be) `, 'm'));
    assert.doesNotMatch(blog.err, /^\s+at |Error/m);
    assert.equal(blog.out, '');
  });

  test('a secret in a wrong place is not shown', async () => {
    await using blog = new BlogProcess({ ...complete, DB_URL: 'postgres://user:s3cret@host/db' });
    assert.equal((await blog.ended()).code, 1);
    assert.match(blog.err, /^ {2}DB_URL is invalid \(as in mongodb:/m);
    assert.doesNotMatch(blog.err + blog.out, /s3cret/);
  });

  test('it says when it is ready, answers, and ends at SIGTERM', async () => {
    await using blog = new BlogProcess({ ...surroundings.environment, LOG_LEVEL: 'info' });
    const { address, metrics } = await blog.line('blog is ready');
    assert.equal((await fetch(`${address}/health`)).status, 200);
    const scraped = await (await fetch(metrics ?? '')).text();
    assert.match(
      scraped,
      /^http_server_request_duration_seconds_count\{.*route="\/health",status="200"\} 1$/m,
    );
    blog.child.kill('SIGTERM');
    const { code, tookMs } = await blog.ended();
    assert.equal(code, 0);
    assert.ok(tookMs < 10_000);
    assert.equal(blog.err, '');
  });

  test('SIGTERM while it waits for its dependencies ends it at once', async () => {
    await using blog = new BlogProcess(complete);
    await blog.line(/^waiting for MongoDB/);
    blog.child.kill('SIGTERM');
    const { code, tookMs } = await blog.ended();
    assert.equal(code, 0);
    assert.ok(tookMs < 3_000, `took ${tookMs} ms`);
  });

  test('it waits for what is not there yet, and is ready within 5 s of its coming', async () => {
    await using mongo = await startMongo();
    await mongo.stop();
    await using blog = new BlogProcess({
      ...surroundings.environment,
      LOG_LEVEL: 'info',
      DB_URL: mongo.url,
      REDIS_PORT: '1',
    });
    await blog.line(/^waiting for MongoDB/);
    await mongo.start();
    const began = performance.now();
    await blog.line('blog is ready');
    assert.ok(performance.now() - began < 5_000);
    assert.equal(blog.lines.filter(({ msg }) => msg.startsWith('waiting for')).length, 1);
  });
});
