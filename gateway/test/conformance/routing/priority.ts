import assert from 'node:assert/strict';
import { serviceOf } from '../harness/declaration.ts';
import { assertFailure } from '../harness/envelope.ts';
import type { Area } from '../harness/suite.ts';
import { arrivedHeaders } from '../harness/upstream.ts';

/** Written in an order that is nobody's priority. */
const routes = {
  short: { paths: ['/a'] },
  long: { paths: ['/a/b/c'] },
  expression: { paths: ['~/a/b'] },
  urgent: { paths: ['~/a/b/x'], regex_priority: 7 },
  method: { paths: ['/a'], methods: ['PUT', 'PATCH'] },
  host: { paths: ['/a'], hosts: ['a.test'] },
  wildcard: { paths: ['/a'], hosts: ['*.b.test'] },
  plain: { paths: ['/a'], hosts: ['one.b.test'] },
  ending: { hosts: ['shop.*'] },
  both: { paths: ['/a'], hosts: ['a.test'], methods: ['PUT'] },
  only: { hosts: ['only.test'] },
  deletes: { methods: ['DELETE'] },
  mixed: { paths: ['/mixed', '~/a/m\\d', '/a/mixed/long'] },
};

const nobody = 'gateway.test';
/** Method, host and path, and the route that they lead to. */
const cases: [method: string, host: string, path: string, route: string | undefined][] = [
  ['GET', nobody, '/a', 'short'],
  ['GET', nobody, '/a/x', 'short'],
  ['GET', nobody, '/a/b', 'expression'],
  ['GET', nobody, '/a/b/c', 'expression'],
  ['GET', nobody, '/a/b/x', 'urgent'],
  ['PUT', nobody, '/a/b/x', 'method'],
  ['PATCH', nobody, '/a', 'method'],
  ['GET', 'a.test', '/a/b/x', 'host'],
  ['GET', 'a.test:8000', '/a', 'host'],
  ['PUT', 'a.test', '/a', 'both'],
  ['GET', 'one.b.test', '/a', 'plain'],
  ['GET', 'two.b.test', '/a', 'wildcard'],
  ['GET', 'b.test', '/a', 'short'],
  ['GET', 'shop.example', '/zzz', 'ending'],
  ['GET', 'only.test', '/', 'only'],
  ['GET', 'only.test', '/a/b/x', 'only'],
  ['DELETE', nobody, '/zzz', 'deletes'],
  ['DELETE', 'only.test', '/zzz', 'only'],
  ['GET', nobody, '/mixed', 'mixed'],
  ['GET', nobody, '/a/m7', 'mixed'],
  ['GET', nobody, '/a/mixed/longer', 'mixed'],
  ['GET', nobody, '/a/mixed', 'short'],
  ['GET', nobody, '/zzz', undefined],
  ['POST', nobody, '/', undefined],
];

/** Which of several routes a request takes, in the order of Kong's traditional_compatible router. */
export const priority: Area = {
  tests(test) {
    test('priority: more kinds of conditions, a plain host, an expression, its priority, the longer prefix', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'upstream');
      const services = Object.entries(routes).map(([name, fields]) =>
        serviceOf(name, `${upstream.address}/${name}`, { routes: [{ name, ...fields, strip_path: false }] }),
      );
      await stage.load({ services });
      const found = await Promise.all(
        cases.map(async ([method, host, path]): Promise<(typeof cases)[number]> => {
          const answer = await stage.ask(path, { method, headers: { host } });
          if (answer.status !== 200) assertFailure(answer, 404, `${method} ${host}${path}`);
          const [, route] = String(answer.json?.url ?? '').split('/');
          return [method, host, path, route];
        }),
      );
      assert.deepEqual(found, cases);
    });

    test('host: the service sees its own name, or the client’s where the route preserves it', async (stage, t) => {
      const upstream = await stage.openUpstream(t, 'upstream');
      const services = [
        serviceOf('own', upstream),
        serviceOf('kept', upstream, { routes: [{ name: 'kept', paths: ['/kept'], preserve_host: true }] }),
      ];
      await stage.load({ services });
      const headers = { host: 'api.example.test:1234' };
      const hostAt = async (path: string) => arrivedHeaders(await stage.ask(path, { headers })).host;
      assert.deepEqual(await hostAt('/own/x'), [upstream.address]);
      assert.deepEqual(await hostAt('/kept/x'), [headers.host]);
    });
  },
};
