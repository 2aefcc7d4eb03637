import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { discover } from '../src/discovery/discover.ts';
import type { ServiceDefinition, Surroundings } from '../src/launcher/definition.ts';
import { type Instance, instanceName } from '../src/launcher/instance.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A project of these package.json files, by their folders; gone at the end of the test. */
class Project implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'tsmicro-project-'));

  constructor(manifests: Readonly<Record<string, unknown>>) {
    for (const [folder, manifest] of Object.entries({ gateway: { name: 'gateway' }, ...manifests })) {
      const file = join(this.root, folder, 'package.json');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const service = (name: string, tsmicro: unknown, ...dependencies: string[]) => ({
  name,
  tsmicro,
  dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '0.1.0'])),
});

const instance = (service: string, number: number, port: number): Instance => ({
  service,
  number,
  name: instanceName(service, number),
  port,
  metricsPort: port + 1100,
});

const surroundings: Surroundings = {
  host: '127.0.0.1',
  instances: {
    gateway: [instance('gateway', 1, 8000)],
    orders: [instance('orders', 1, 8003)],
    stock: [1, 2, 3].map((number) => instance('stock', number, 7994 + 10 * number)),
    mail: [instance('mail', 1, 8005)],
  },
  balanced: false,
  urls: { nats: 'nats://operator:all@127.0.0.1:4222', redis: 'redis://:secret@127.0.0.1:6379' },
  natsUrls: { orders: 'nats://orders:word@127.0.0.1:4222', gateway: 'nats://gateway:door@127.0.0.1:4222' },
  databases: {
    orders: 'postgres://orders:word@127.0.0.1:5432/orders',
    stock: 'mongodb://127.0.0.1:27017/stock',
  },
  gatewayUrl: 'http://127.0.0.1:8000',
  apiKeys: { FRONT: 'front key', CONSOLE: 'console key' },
  rsaPrivateKey: '/keys/private.pem',
  rsaPublicKey: '/keys/public.pem',
};

/** What the first instance of a service is told. */
function environmentOf(service: ServiceDefinition) {
  return service.environment(
    surroundings,
    surroundings.instances[service.name]?.[0] ?? instance('auth', 1, 1),
  );
}

test('discovery: every folder of services with the field "tsmicro" is a service, in the order of ports', () => {
  using project = new Project({
    'services/stock': service('stock', { port: 8004, needs: ['mongo'] }),
    'services/orders': service('orders', { port: 8003, needs: ['postgres', 'redis'], database: 'sales' }),
    'services/library': { name: 'library' },
    'services/mail': service('mail', { port: 8005, routed: false }),
  });
  mkdirSync(join(project.root, 'services', 'empty'));
  const { services, servers, readyPaths } = discover(project.root);
  assert.deepEqual(
    services.map(({ name, usualPort, usualMetricsPort, database, needs }) => ({
      name,
      ports: [usualPort, usualMetricsPort],
      database,
      needs,
    })),
    [
      { name: 'orders', ports: [8003, 9103], database: 'sales', needs: ['nats', 'postgres', 'redis'] },
      { name: 'stock', ports: [8004, 9104], database: 'stock', needs: ['nats', 'mongo'] },
      { name: 'mail', ports: [8005, 9105], database: 'mail', needs: ['nats'] },
    ],
  );
  assert.equal(services[0]?.script, join(project.root, 'services/orders/src/main.ts'));
  assert.deepEqual(servers, ['nats', 'postgres', 'redis', 'mongo']);
  assert.deepEqual(readyPaths, ['/orders/health', '/stock/health']);
});

test('discovery: a service is told what it needs, and nothing else', () => {
  using project = new Project({
    'services/orders': service('orders', { port: 8003, needs: ['postgres', 'keys'] }),
    'services/stock': service('stock', { port: 8004, needs: ['mongo', 'redis'] }),
    'services/mail': service('mail', { port: 8005 }),
  });
  const { services, gateway } = discover(project.root);
  const [orders, stock, mail] = services.map(environmentOf);
  assert.deepEqual(orders, {
    SERVER_HOST: '127.0.0.1',
    SERVER_PORT: '8003',
    METRICS_PORT: '9103',
    NATS_URL: 'nats://orders:word@127.0.0.1:4222',
    NATS_SERVICE_NAME: 'orders',
    DB_HOST: '127.0.0.1',
    DB_PORT: '5432',
    DB_NAME: 'orders',
    DB_USER: 'orders',
    DB_USER_PWD: 'word',
    RSA_PRIVATE_KEY_PATH: '/keys/private.pem',
    RSA_PUBLIC_KEY_PATH: '/keys/public.pem',
    API_KEY: undefined,
    API_KEY_GRANTS: undefined,
  });
  assert.equal(stock?.DB_URL, 'mongodb://127.0.0.1:27017/stock');
  assert.equal(stock?.REDIS_PASSWORD, 'secret');
  for (const environment of [stock, mail]) {
    assert.ok(environment && 'RSA_PRIVATE_KEY_PATH' in environment, 'a person’s key is kept away too');
    assert.equal(environment.RSA_PRIVATE_KEY_PATH, undefined);
  }
  const { NATS_URL, REDIS_PASSWORD } = environmentOf(gateway);
  assert.deepEqual([NATS_URL, REDIS_PASSWORD], ['nats://gateway:door@127.0.0.1:4222', 'secret']);
});

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

test('discovery: a site is told where the gateway is, and its own key; who grants keys is told what is stored of them', () => {
  using project = new Project({
    'services/orders': service('orders', { port: 8005, needs: ['grants'] }),
    'services/stock': service('stock', { port: 8006 }),
    'sites/shop': service('shop', { port: 8007, needs: ['redis'], site: '/shop', apiKey: 'FRONT' }),
    'sites/office': service('office', { port: 8008, site: '/office', apiKey: 'CONSOLE', observes: true }),
  });
  const { services, readyPaths } = discover(project.root);
  const [orders, stock, shop, office] = services.map(environmentOf);
  assert.deepEqual(
    [shop, office].map((environment) => [environment?.GATEWAY_URL, environment?.API_KEY]),
    [
      ['http://127.0.0.1:8000', 'front key'],
      ['http://127.0.0.1:8000', 'console key'],
    ],
  );
  assert.equal(orders?.API_KEY_GRANTS, `FRONT:${hashOf('front key')},CONSOLE:${hashOf('console key')}`);
  for (const environment of [stock, shop])
    assert.ok(environment && 'API_KEY_GRANTS' in environment && environment.API_KEY_GRANTS === undefined);
  assert.ok(stock && 'API_KEY' in stock && stock.API_KEY === undefined, 'a person’s key is kept away too');
  assert.deepEqual(
    services.map(({ name, site, observes }) => [name, site, observes]),
    [
      ['orders', undefined, false],
      ['stock', undefined, false],
      ['shop', '/shop', false],
      ['office', '/office', true],
    ],
  );
  assert.deepEqual(readyPaths, ['/orders/health', '/stock/health', '/shop', '/office']);
});

test('discovery: the gateway is told where each instance is, and of two names where there is one', () => {
  using project = new Project({
    'services/orders': service('orders', { port: 8003 }),
    'services/stock': service('stock', { port: 8004 }),
  });
  const { gateway } = discover(project.root);
  const environment = environmentOf(gateway);
  assert.deepEqual(String(environment.HOST_MAP).split(','), [
    'orders:8000=127.0.0.1:8003',
    'orders1:8000=127.0.0.1:8003',
    'orders2:8000=127.0.0.1:8003',
    'stock:8000=127.0.0.1:8004',
    'stock1:8000=127.0.0.1:8004',
    'stock2:8000=127.0.0.1:8014',
    'stock3:8000=127.0.0.1:8024',
    'redis:6379=127.0.0.1:6379',
  ]);
  assert.ok(!('KONG_CONFIG' in environment));
  const balanced = gateway.environment({ ...surroundings, balanced: true }, instance('gateway', 1, 8000));
  assert.equal(balanced.KONG_CONFIG, join(project.root, 'gateway/kong/kong-load-balanced.yml'));
});

test('discovery: a service may ask those whose contracts it is itself built on', () => {
  using project = new Project({
    'contracts/orders': { name: '@p/contracts-orders' },
    'contracts/stock': { name: '@p/contracts-stock', dependencies: { '@p/contracts-orders': '0.1.0' } },
    'services/orders': service('@p/orders', { port: 8003 }, '@p/contracts-orders'),
    'services/stock': service('@p/stock', { port: 8004 }, '@p/contracts-stock', '@p/contracts-orders'),
    'services/mail': service('@p/mail', { port: 8005 }, '@p/contracts-stock'),
  });
  const { services } = discover(project.root);
  assert.deepEqual(
    services.map(({ name, asks }) => [name, asks]),
    [
      ['orders', []],
      ['stock', ['orders']],
      ['mail', ['stock']],
    ],
  );
});

test('discovery: databases of Redis are as declared, else the lowest that nobody has', () => {
  using project = new Project({
    'services/a': service('a', { port: 8001, needs: ['redis'] }),
    'services/b': service('b', { port: 8002, needs: ['redis'], redisDatabase: 0 }),
    'services/c': service('c', { port: 8003, needs: ['redis'] }),
    'services/d': service('d', { port: 8004 }),
  });
  const { services } = discover(project.root);
  const numbers = services.map((found) => [found.name, environmentOf(found).REDIS_DB]);
  assert.deepEqual(numbers, [
    ['a', '1'],
    ['b', '0'],
    ['c', '2'],
    ['d', undefined],
  ]);
});

test('discovery: everything that is wrong is named, with its file and field, at once', () => {
  using project = new Project({
    'services/orders': service('orders', { port: '8003', needs: ['oracle'], redisDatabase: 15, prot: 1 }),
    'services/stock': service('stock', { needs: ['postgres', 'mongo'] }),
    'services/nats': service('nats', { port: 8006 }),
    'services/mail-2': service('mail-2', { port: 8007 }),
    'services/mail': service('mail', true),
    'services/torn': '{',
    'services/a': service('a', { port: 8001, needs: ['mongo'], database: 'x', redisDatabase: 3 }),
    'services/b': service('b', { port: 8001, needs: ['mongo'], database: 'x', redisDatabase: 3 }),
    'sites/a': service('a', { port: 8001, site: 'shop', apiKey: 'front', observes: 'all' }),
    'sites/b': service('b', { port: 8009, site: '/shop' }),
    'services/events': service('events', { port: 8010 }),
  });
  assert.throws(
    () => discover(project.root),
    ({ message }: Error) => {
      const lines = message.split('\n').sort();
      const expected = [
        /^services\/b\/package\.json: "tsmicro\.database" x of mongo belongs to services\/a already$/,
        /^services\/b\/package\.json: "tsmicro\.port" 8001 belongs to services\/a already$/,
        /^services\/b\/package\.json: "tsmicro\.redisDatabase" 3 belongs to services\/a already$/,
        /^services\/events\/package\.json: a service cannot be called events/,
        /^services\/mail-2\/package\.json: a service cannot be called mail-2/,
        /^services\/mail\/package\.json: "tsmicro" must be an object such as/,
        /^services\/nats\/package\.json: a service cannot be called nats/,
        /^services\/orders\/package\.json: "tsmicro\.needs" must be a list of nats, postgres, mongo, redis, keys, grants/,
        /^services\/orders\/package\.json: "tsmicro\.port" must be a port from 1 to/,
        /^services\/orders\/package\.json: "tsmicro\.prot" is no field; there are port, needs/,
        /^services\/orders\/package\.json: "tsmicro\.redisDatabase" must be a number from 0 to 14$/,
        /^services\/stock\/package\.json: "tsmicro\.needs" has postgres and mongo/,
        /^services\/stock\/package\.json: "tsmicro\.port" must be a port from 1 to/,
        /^services\/torn\/package\.json is no JSON/,
        /^sites\/a\/package\.json: "tsmicro\.apiKey" must be the permission/,
        /^sites\/a\/package\.json: "tsmicro\.observes" must be true/,
        /^sites\/a\/package\.json: "tsmicro\.site" must be the path/,
        /^sites\/b cannot be called like services\/b/,
      ];
      assert.equal(lines.length, expected.length, message);
      for (const [index, line] of lines.entries()) assert.match(line, expected[index] ?? /^$/);
      return true;
    },
  );
});

test('discovery: the sources of a service are its own and those of all it is built on, however deep', () => {
  using project = new Project({
    'packages/ground': { name: '@p/ground' },
    'packages/http': { name: '@p/http', dependencies: { '@p/ground': '0.1.0', fastify: '5.0.0' } },
    'packages/mongo': { name: '@p/mongo', dependencies: { '@p/ground': '0.1.0' } },
    'contracts/orders': { name: '@p/contracts-orders', dependencies: { '@p/http': '0.1.0' } },
    'services/orders': service('@p/orders', { port: 8003 }, '@p/contracts-orders'),
    'services/stock': service('@p/stock', { port: 8004 }, '@p/mongo', '@p/contracts-orders'),
    gateway: { name: '@p/gateway', dependencies: { '@p/http': '0.1.0' } },
  });
  const { services, gateway } = discover(project.root);
  const sources = [gateway, ...services].map((found) =>
    found.sources.map((folder) => relative(project.root, folder)).sort(),
  );
  assert.deepEqual(sources, [
    ['gateway/src', 'packages/ground/src', 'packages/http/src'],
    [
      'contracts/orders/src',
      'packages/ground/src',
      'packages/http/src',
      'services/orders/migrations',
      'services/orders/src',
    ],
    [
      'contracts/orders/src',
      'packages/ground/src',
      'packages/http/src',
      'packages/mongo/src',
      'services/stock/migrations',
      'services/stock/src',
    ],
  ]);
});

test('discovery: auth, blog and the two sites are found in this project', () => {
  const known = ['auth', 'blog', 'front', 'console'];
  const services = discover(root).services.filter(({ name }) => known.includes(name));
  assert.deepEqual(
    services.map((found) => {
      const { name, usualPort, usualMetricsPort, needs, database, asks } = found;
      return [name, usualPort, usualMetricsPort, needs, database, environmentOf(found).REDIS_DB, asks];
    }),
    [
      ['auth', 8001, 9101, ['nats', 'postgres', 'redis'], 'auth', '0', []],
      ['blog', 8002, 9102, ['nats', 'redis', 'mongo'], 'blog', '1', ['auth']],
      ['front', 8003, 9103, ['nats', 'redis'], 'front', '2', []],
      ['console', 8004, 9104, ['nats', 'redis'], 'console', '3', []],
    ],
  );
});
