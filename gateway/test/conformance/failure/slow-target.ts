import assert from 'node:assert/strict';
import { serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';

const patienceMs = 400;
/** For a machine that has other things to do. */
const graceMs = 1_000;

/** Services that take longer than they may. */
export const slowTarget: Area = {
  tests(test) {
    test('slow target: 504 in the envelope when read_timeout is over, for GET and POST', async (stage, t) => {
      const slow = await stage.openUpstream(t, 'slow');
      slow.listener = (request) => request.resume();
      await stage.load({ services: [serviceOf('blog', slow, { read_timeout: patienceMs })] });
      for (const question of [{}, { method: 'POST', body: 'a body' }]) {
        const answer = await stage.ask('/blog/x', question);
        assertFailure(answer, 504, question.method ?? 'GET');
        assert.ok(answer.tookMs >= patienceMs - 10, `took only ${answer.tookMs} ms`);
        assert.ok(answer.tookMs < patienceMs + graceMs, `took ${answer.tookMs} ms`);
      }
    });

    test('slow target: an answer that stops in the middle is broken off, and never looks whole', async (stage, t) => {
      const slow = await stage.openUpstream(t, 'slow');
      await stage.load({ services: [serviceOf('blog', slow, { read_timeout: patienceMs })] });
      slow.listener = (_request, response) =>
        response.writeHead(200, { 'content-length': '1000' }).write('some');
      const startedAt = performance.now();
      await assert.rejects(stage.ask('/blog/x'), /aborted|socket hang up|ECONNRESET/);
      assert.ok(performance.now() - startedAt < patienceMs + graceMs);
    });

    test('slow target: an answer may take long as long as pieces of it come', async (stage, t) => {
      const slow = await stage.openUpstream(t, 'slow');
      await stage.load({ services: [serviceOf('blog', slow, { read_timeout: patienceMs })] });
      const pieces = 6;
      slow.listener = (_request, response) => {
        response.writeHead(200);
        let sent = 0;
        const timer = setInterval(() => {
          response.write('piece ');
          if (++sent < pieces) return;
          clearInterval(timer);
          response.end();
        }, patienceMs / 4);
      };
      const answer = await stage.ask('/blog/x');
      assert.equal(answer.body.toString(), 'piece '.repeat(pieces));
      assert.ok(answer.tookMs > patienceMs);
    });

    test('slow target: while one service hangs another answers', async (stage, t) => {
      const slow = await stage.openUpstream(t, 'slow');
      const quick = await stage.openUpstream(t, 'quick');
      slow.listener = () => undefined;
      await stage.load({
        services: [serviceOf('slow', slow, { read_timeout: 1_500 }), serviceOf('quick', quick)],
      });
      const waiting = Array.from({ length: 50 }, () => stage.ask('/slow/x'));
      const { status, tookMs } = await stage.ask('/quick/x');
      assert.equal(status, 200);
      assert.ok(tookMs < graceMs, `took ${tookMs} ms`);
      for (const answer of await Promise.all(waiting)) assertFailure(answer, 504, 'the slow one');
    });
  },
};
