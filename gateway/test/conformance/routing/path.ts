import assert from 'node:assert/strict';
import { bounded, serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';

/** A route's fields, what is asked, and what arrives; undefined where nothing is found. */
const stripping: [fields: Record<string, unknown>, url: string, asked: string, arrives: unknown][] = [
  [{ paths: ['/b'] }, '', '/b/x', '/x'],
  [{ paths: ['/b'] }, '', '/b', '/'],
  [{ paths: ['/b'] }, '', '/bx/y', '/x/y'],
  [{ paths: ['/b'] }, '', '/B/x', undefined],
  [{ paths: ['/b/'] }, '', '/b', undefined],
  [{ paths: ['/b/'] }, '', '/b/x', '/x'],
  [{ paths: [bounded('/b')] }, '', '/b/x/b/y', '/x/b/y'],
  [{ paths: [bounded('/b')] }, '', '/b', '/'],
  [{ paths: [bounded('/b')] }, '', '/b/', '/'],
  [{ paths: [bounded('/b')] }, '', '/bx', undefined],
  [{ paths: [bounded('/b')] }, '', '/x/b', undefined],
  [{ paths: ['~/b/\\d+'] }, '', '/b/42/x', '/x'],
  [{ paths: ['~/b/\\d+'] }, '', '/b/x', undefined],
  [{ paths: ['/b$'] }, '', '/b', undefined],
  [{ paths: ['/b'], strip_path: false }, '', '/b/x', '/b/x'],
  [{ paths: [bounded('/b')], strip_path: false }, '', '/b', '/b'],
  [{ paths: ['/b'] }, '/base', '/b/x', '/base/x'],
  [{ paths: ['/b'] }, '/base', '/b', '/base'],
  [{ paths: ['/b'] }, '/base', '/b/', '/base/'],
  [{ paths: ['/b'] }, '/base/', '/b/x', '/base/x'],
  [{ paths: ['/b'] }, '/base/', '/b', '/base'],
  [{ paths: ['/b'], strip_path: false }, '/base', '/b/x', '/base/b/x'],
  [{ paths: [bounded('/b/signin')] }, '/signin', '/b/signin/basic', '/signin/basic'],
];

/** Paths: prefixes, expressions, what is stripped and what is put before. */
export const path: Area = {
  tests(test) {
    test('path: a prefix, a bounded one, an expression; stripped or not; behind the path of the service', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'upstream');
      // Each case is a host of its own, so that one declaration holds them all.
      const hostOf = (index: number) => `case-${index}.test`;
      const services = stripping.map(([fields, url], index) =>
        serviceOf(`case-${index}`, `${upstream.address}${url}`, {
          routes: [{ name: `case-${index}`, hosts: [hostOf(index)], ...fields }],
        }),
      );
      await stage.load({ services });
      const found = await Promise.all(
        stripping.map(async ([fields, url, asked], index): Promise<(typeof stripping)[number]> => {
          const answer = await stage.ask(asked, { headers: { host: hostOf(index) } });
          if (answer.status !== 200) assertFailure(answer, 404, `${asked} at ${JSON.stringify(fields)}`);
          return [fields, url, asked, answer.json?.url];
        }),
      );
      assert.deepEqual(found, stripping);
    });

    test('path: the query goes along untouched', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'upstream');
      await stage.load({ services: [serviceOf('blog', upstream)] });
      for (const query of ['?', '?a=1&a=2&b', '?x=%2e%2e//&y=%zz', '?a=b?c=d', '?q=%20+%2B;d']) {
        const { json } = await stage.ask(`/blog/x${query}`);
        assert.equal(json?.url, `/x${query}`);
      }
    });
  },
};
