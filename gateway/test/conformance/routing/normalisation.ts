import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Answer } from '../harness/client.ts';
import { serviceOf } from '../harness/declaration.ts';
import { differs, type Expected } from '../harness/difference.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Stage } from '../harness/stage.ts';
import type { Area } from '../harness/suite.ts';

/** What arrives behind the gateway, or the status of its refusal. */
type Outcome = string | 400 | 404;

/** Kong by itself makes something of it; the embedded gateway refuses it, and so does envelope-plugin for Kong. */
const refused = (kong: Outcome, reason: string) =>
  differs<Outcome>({ embedded: 400, kong, enveloped: 400 }, reason);
const resolvedTo = (path: string) => refused(path, 'two readers could take it for different paths');

/** Paths as they are sent. The services auth and blog tell which of them was reached. */
const paths: [path: string, expected: Expected<Outcome>][] = [
  ['/blog/x', 'blog /x'],
  ['/blog', 'blog /'],
  ['/blog/', 'blog /'],
  ['/blog/x/', 'blog /x/'],
  ['/authsignin', 404],
  ['/authx/signin', 404],
  ['/Blog/x', 404],
  ['/BLOG/x', 404],
  ['/blog;x', 404],
  ['/blog;/x', 404],
  ['/blog/x;y=1', 'blog /x;y=1'],
  ['/%62log/x', 'blog /x'],
  ['/blog/%7Ex%2dy', 'blog /~x-y'],
  ['/blog/a%2fb', 'blog /a%2Fb'],
  ['/blog/a%20b%3fc', 'blog /a%20b%3Fc'],
  ['/blog/caf%c3%a9', 'blog /caf%C3%A9'],
  ['/blog/a.b..c', 'blog /a.b..c'],
  ['/blog/.well-known/x', 'blog /.well-known/x'],
  ['/blog/a%252e%252e', 'blog /a%252e%252e'],
  ['/blog/x?a=%2e%2e//&b=%zz', 'blog /x?a=%2e%2e//&b=%zz'],
  ['/blog/%', 400],
  ['/blog/%4', 400],
  ['/blog/%zz', 400],
  ['/blog/%00', 400],
  ['//blog/x', resolvedTo('blog /x')],
  ['/blog//x', resolvedTo('blog /x')],
  ['/blog/./x', resolvedTo('blog /x')],
  ['/auth/../blog/x', resolvedTo('blog /x')],
  ['/auth/%2e%2e/blog/x', resolvedTo('blog /x')],
  ['/auth/.%2E/blog/x', resolvedTo('blog /x')],
  ['/blog/x/..', resolvedTo('blog /')],
  ['/../../blog/x', resolvedTo('blog /x')],
  ['/blog%2Fx', refused(404, 'a decoding reader sees /blog/x')],
  ['/blog/x%0a', refused('blog /x%0A', 'no path here has control characters')],
];

function outcomeOf({ status, json }: Answer): Outcome | number {
  return status === 200 ? `${json?.upstream} ${json?.url}` : status;
}

async function check(stage: Stage, path: string, expected: Expected<Outcome>) {
  const outcome = stage.expected(expected);
  const answer = await stage.ask(path);
  assert.equal(outcomeOf(answer), outcome, path);
  return { answer, outcome };
}

/** What becomes of paths that can be written in more than one way. */
export const normalisation: Area = {
  tests(test, name) {
    const open = async (stage: Stage, t: TestContext, alone: boolean) => {
      const auth = await stage.openUpstream(t, 'auth');
      const blog = await stage.openUpstream(t, 'blog');
      await stage.load({ services: [serviceOf('auth', auth), serviceOf('blog', blog)] }, { alone });
    };

    test('normalisation: a path has one reading or is refused in the envelope', async (stage, t) => {
      await open(stage, t, false);
      for (const [path, expected] of paths) {
        const { answer, outcome } = await check(stage, path, expected);
        if (typeof outcome === 'number') assertFailure(answer, outcome, path);
      }
    });

    if (name !== 'kong') return;
    test('normalisation: Kong by itself resolves what is ambiguous, and routes by what it resolved', async (stage, t) => {
      await open(stage, t, true);
      for (const [path, expected] of paths) await check(stage, path, expected);
    });
  },
};
