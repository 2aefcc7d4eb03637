import assert from 'node:assert/strict';
import { headerOf } from '../harness/client.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';
import { arrivedHeaders } from '../harness/upstream.ts';
import { askWith, newKey, newWrongKey, openSetting } from './setting.ts';

/** Who passes apikey-auth-plugin, and what the others are told. */
export const decision: Area = {
  needs: ['apikey-auth-plugin', 'envelope-plugin'],
  tests(test) {
    test('api key: without one, or with an empty one, it is 401 in the envelope', async (stage, t) => {
      const { blog, verifier } = await openSetting(stage, t);
      const answers = [await stage.ask('/blog/x'), await askWith(stage, ''), await askWith(stage, '   ')];
      for (const answer of answers) {
        assertFailure(answer, 401, 'no key');
        assert.equal(answer.json?.message, 'x-api-key header is missing');
      }
      assert.equal(blog.seen.length + verifier.seen.length, 0);
    });

    test('api key: two of them are 400, whichever is good, and nobody is asked', async (stage, t) => {
      const { blog, verifier } = await openSetting(stage, t);
      const [good, wrong] = [newKey(), newWrongKey()];
      for (const keys of [
        [good, good],
        [good, wrong],
        [wrong, good],
      ]) {
        assertFailure(await askWith(stage, keys), 400, 'two keys');
      }
      assert.equal(blog.seen.length + verifier.seen.length, 0);
    });

    test('api key: a wrong one gets the status and the message of the verifier, under its own request id', async (stage, t) => {
      const { blog } = await openSetting(stage, t);
      const key = newWrongKey();
      // The second is told what was kept of the first.
      for (const id of ['first-id', 'second-id']) {
        const answer = await stage.ask('/blog/x', { headers: { 'x-api-key': key, 'x-request-id': id } });
        assertFailure(answer, 403, 'wrong key');
        assert.equal(answer.json?.message, 'permission denied');
        assert.equal(answer.json?.requestId, id);
        assert.equal(headerOf(answer, 'cache-control'), 'no-store');
      }
      assert.equal(blog.seen.length, 0);
    });

    test('api key: what can be no key is refused, and nobody is asked', async (stage, t) => {
      const { blog, verifier } = await openSetting(stage, t);
      for (const key of ['a,b', 'x'.repeat(1_025)]) {
        assertFailure(await askWith(stage, key), 403, key.slice(0, 10));
      }
      assert.equal(blog.seen.length + verifier.seen.length, 0);
    });

    test('api key: a good one passes and goes along, unless hide_credentials keeps it back', async (stage, t) => {
      for (const hidden of [false, true]) {
        await openSetting(stage, t, { hide_credentials: hidden });
        const key = newKey();
        for (let i = 0; i < 2; i++) {
          const answer = await askWith(stage, key);
          assert.equal(answer.status, 200);
          assert.deepEqual(arrivedHeaders(answer)['x-api-key'], hidden ? undefined : [key]);
        }
      }
    });

    test('api key: where none is required none is asked for and none is checked, good, wrong or twice', async (stage, t) => {
      const { blog, verifier } = await openSetting(stage, t, { required: false });
      const [good, wrong] = [newKey(), newWrongKey()];
      for (const keys of [[], [good], [wrong], [good, wrong], ['']]) {
        const answer = keys.length === 0 ? await stage.ask('/blog/x') : await askWith(stage, keys);
        assert.equal(answer.status, 200, keys.join());
      }
      assert.deepEqual([blog.seen.length, verifier.seen.length], [5, 0]);
    });

    test('api key: white space around a key is none of it', async (stage, t) => {
      const { verifier } = await openSetting(stage, t);
      const key = newKey();
      assert.equal((await askWith(stage, `  ${key} `)).status, 200);
      assert.equal((await askWith(stage, key)).status, 200);
      assert.equal(verifier.seen.length, 1);
      assert.equal(verifier.seen[0]?.headers['x-api-key'], key);
    });

    test('api key: the health of a service needs none, and nothing else passes for it', async (stage, t) => {
      const { blog } = await openSetting(stage, t);
      assert.equal((await stage.ask('/blog/health')).json?.url, '/health');
      assert.equal((await stage.ask('/blog/health?deep=1')).json?.url, '/health?deep=1');
      const arrived = blog.seen.length;
      for (const path of [
        '/blog/health/',
        '/blog/healthy',
        '/blog/x/health',
        '/blog/Health',
        '/blog/health;x',
      ]) {
        assertFailure(await stage.ask(path), 401, path);
      }
      // In many expressions "$" also matches before a newline at the end.
      for (const path of ['/blog/health%0a', '/blog/health%0A', '/blog/health%0d%0a', '/blog/x/../health']) {
        assertFailure(await stage.ask(path), 400, path);
      }
      assert.equal(blog.seen.length, arrived);
    });
  },
};
