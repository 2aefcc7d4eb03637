// The plugin's own Lua code in nginx, in front of the auth service as it is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sendRaw } from '../raw-client.ts';
import { type AuthProcess, openAuthProcess, seedApiKey } from './auth-process.ts';
import { openPluginStage, type PluginStage } from './plugin-stage.ts';

describe('kong plugin and auth', () => {
  let auth: AuthProcess;
  const verify = () => `${auth.url}/verify/apikey`;

  before(async () => {
    auth = await openAuthProcess();
  });
  after(() => auth?.[Symbol.asyncDispose]());

  test('kong plugin: no key is 401, two are 400, an unknown one is refused in the words of auth', async (t) => {
    const stage = await openPluginStage(t, { verification_urls: [verify()] });
    const none = await stage.ask(undefined);
    assert.deepEqual([none.status, none.json.message], [401, 'x-api-key header is missing']);
    const twice = `GET /blog/x HTTP/1.1\r\nhost: g\r\nx-api-key: ${seedApiKey}\r\nX-Api-Key: other\r\n\r\n`;
    const { status, json } = await sendRaw(stage.gateway.port, twice);
    assert.deepEqual([status, json?.message], [400, 'x-api-key header is there twice']);

    const refused = await stage.ask('unknown', '/blog/x', { 'x-request-id': 'mine' });
    const direct = await fetch(verify(), { headers: { 'x-api-key': 'unknown', 'x-request-id': 'mine' } });
    assert.equal(refused.status, 403);
    assert.deepEqual(refused.json, await direct.json());
    assert.equal(stage.blog.seen.length, 0);
  });

  test('kong plugin: a good key passes, and auth is asked once for all who come at once and later', async (t) => {
    const stage = await openPluginStage(t, { verification_urls: [verify()] });
    const before = await auth.countChecks();
    const answers = await Promise.all(Array.from({ length: 30 }, () => stage.ask(seedApiKey)));
    answers.push(await stage.ask(seedApiKey));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal((await auth.countChecks()) - before, 1);
    assert.equal(stage.blog.seen.length, 31);
  });

  test('kong plugin: the time of an answer over, auth is asked again', async (t) => {
    const stage = await openPluginStage(t, { verification_urls: [verify()], cache_ttl_sec: 0 });
    const before = await auth.countChecks();
    const deadline = performance.now() + 5_000;
    while ((await auth.countChecks()) - before < 2 && performance.now() < deadline)
      await stage.ask(seedApiKey);
    assert.ok((await auth.countChecks()) - before >= 2);
  });

  test('kong plugin: health needs no key, and no newline makes a health path', async (t) => {
    const stage = await openPluginStage(t, { verification_urls: [verify()] }, auth.url);
    const { status, json } = await stage.ask(undefined, '/auth/health');
    assert.deepEqual([status, json.code], [200, '10000']);
    assert.equal((await stage.ask(undefined, '/auth/health%0a')).status, 400);
    assert.equal((await stage.ask(undefined, '/auth/health/x')).status, 401);
  });

  test('kong plugin: hide_credentials keeps the key from the service', async (t) => {
    const stage = await openPluginStage(t, { verification_urls: [verify()], hide_credentials: true });
    const { json } = await stage.ask(seedApiKey);
    assert.equal((json.headers as Record<string, string>)['x-api-key'], undefined);
  });

  let strangers = 0;
  const goesOn = async (stage: PluginStage) => {
    const known = await stage.ask(seedApiKey);
    assert.equal(known.status, 200);
    // One that was not refused a moment ago.
    const unknown = await stage.ask(`stranger-${++strangers}`);
    assert.deepEqual([unknown.status, unknown.json.message], [503, 'service unavailable']);
    assert.equal(unknown.headers['retry-after'], '1');
  };

  test('kong plugin: with auth killed a known key goes on, an unknown one is 503, until auth is back', async (t) => {
    const stage = await openPluginStage(t, {
      verification_urls: [verify()],
      cache_ttl_sec: 0,
      negative_ttl_sec: 0,
    });
    assert.equal((await stage.ask(seedApiKey)).status, 200);
    assert.equal((await stage.ask('unknown')).status, 403);
    await auth.kill();
    t.after(() => auth.start());
    for (let i = 0; i < 20; i++) await goesOn(stage);
    // A new configuration empties Kong's cache; who was known stays known.
    await stage.reload();
    await goesOn(stage);

    await auth.start();
    const deadline = performance.now() + 5_000;
    let status = 503;
    while (status === 503 && performance.now() < deadline) status = (await stage.ask('unknown')).status;
    assert.equal(status, 403);
    assert.equal((await stage.ask(seedApiKey)).status, 200);
    assert.doesNotMatch(stage.gateway.log.join('\n'), new RegExp(seedApiKey));
  });

  test('kong plugin: with auth hanging a known key hardly waits, an unknown one no longer than it may', async (t) => {
    const stage = await openPluginStage(t, {
      verification_urls: [verify()],
      cache_ttl_sec: 0,
      timeout_ms: 600,
    });
    await stage.ask(seedApiKey);
    auth.pause();
    t.after(() => auth.resume());
    const unknown = stage.ask('unknown');
    for (let i = 0; i < 20; i++) {
      const { status, tookMs } = await stage.ask(seedApiKey);
      assert.equal(status, 200);
      assert.ok(tookMs < 400, `waited ${tookMs} ms`);
    }
    const { status, tookMs } = await unknown;
    assert.equal(status, 503);
    assert.ok(tookMs < 1_500, `took ${tookMs} ms`);
  });

  test('kong plugin: of two verification URLs one may be dead', async (t) => {
    const dead = 'http://127.0.0.1:9/verify/apikey';
    const stage = await openPluginStage(t, { verification_urls: [dead, verify()], negative_ttl_sec: 0 });
    for (let i = 0; i < 8; i++) assert.equal((await stage.ask(`unknown-${i}`)).status, 403);
    assert.equal((await stage.ask(seedApiKey)).status, 200);
  });
});
