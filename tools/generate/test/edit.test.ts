import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addRoute, kongFiles } from '../src/edit/kong.ts';
import { addArrows, addFloors, addToLowestFloor, addToTree } from '../src/edit/law.ts';
import { addToModule } from '../src/edit/module.ts';
import { singular, toNames } from '../src/name.ts';

test('names: one name in all its forms, with its plural', () => {
  assert.deepEqual(toNames('order-line'), {
    kebab: 'order-line',
    pascal: 'OrderLine',
    camel: 'orderLine',
    camelPlural: 'orderLines',
    snakePlural: 'order_lines',
    words: 'order line',
    wordsPlural: 'order lines',
  });
  const plurals = ['box', 'city', 'day', 'branch', 'glass'].map((word) => toNames(word).wordsPlural);
  assert.deepEqual(plurals, ['boxes', 'cities', 'days', 'branches', 'glasses']);
});

test('names: what a service deals in is its name in the singular, where that is plain', () => {
  const services = ['orders', 'cities', 'boxes', 'branches', 'catalog', 'status', 'glass', 'stores'];
  assert.deepEqual(services.map(singular), [
    'order',
    'city',
    'box',
    'branch',
    'catalog',
    'status',
    'glass',
    'store',
  ]);
});

const page = [
  '    contracts/',
  '      auth/              what the auth service answers over NATS',
  '    services/',
  '      auth/              sign-up',
  '    gateway/',
  '',
  '## Arrows',
  '',
  '| room | may import |',
  '| --- | --- |',
  '| packages/dto | |',
  '| contracts/auth | packages/micro |',
  '| services/auth | contracts/auth |',
  '| stack | |',
  '',
  '## Floors',
  '',
  '| service | features |',
  '| --- | --- |',
  '| auth | session, (user, apikey) |',
  '| mail | letter |',
  '',
  '## Drivers',
].join('\n');

const added = (changed: string) => changed.split('\n').filter((line) => !page.split('\n').includes(line));

test('law: a new room has its row behind those of its kind, a known one grows', () => {
  const contracts = addArrows(page, 'contracts/orders', ['packages/micro', 'packages/dto']).split('\n');
  const row = '| contracts/orders | packages/micro, packages/dto |';
  assert.equal(contracts.indexOf(row), contracts.indexOf('| contracts/auth | packages/micro |') + 1);
  assert.deepEqual(added(addArrows(page, 'services/auth', ['contracts/auth', 'packages/dto'])), [
    '| services/auth | contracts/auth, packages/dto |',
  ]);
});

test('law: a feature becomes a sister on the lowest floor', () => {
  assert.deepEqual(added(addToLowestFloor(page, 'auth', 'team')), [
    '| auth | session, (user, apikey, team) |',
  ]);
  assert.deepEqual(added(addToLowestFloor(page, 'mail', 'stamp')), ['| mail | (letter, stamp) |']);
  assert.throws(() => addToLowestFloor(page, 'blog', 'x'), /no row for blog below "Floors"/);
  const floors = addFloors(page, 'orders', 'order').split('\n');
  assert.equal(floors.indexOf('| orders | order |'), floors.indexOf('| mail | letter |') + 1);
});

test('law: the drawing of the tree shows a new folder at its place', () => {
  const lines = addToTree(page, 'services', 'orders', 'orders: PostgreSQL').split('\n');
  assert.equal(lines[lines.indexOf('    gateway/') - 1], '      orders/            orders: PostgreSQL');
});

test('law: a page without its tables is refused', () => {
  assert.throws(() => addArrows('# Nothing', 'services/x', []), /no table below "Arrows"/);
});

const kong = `# A comment at the top.
_format_version: "3.0"

services:
  - name: auth # behind a value
    url: http://auth:8000
    routes:
      - name: auth
        # Above a path.
        paths: ["~/auth(?:/|$)"]

plugins:
  - name: apikey-auth-plugin
`;

const entry = `
  - name: orders
    url: http://orders:8000
    tags: ["nats:orders"]
    connect_timeout: 1000
    write_timeout: 2300
    read_timeout: 2300
    retries: 1
    routes:
      - name: orders
        paths: ["~/orders(?:/|$)"]
        strip_path: true
`;

test('kong: a service is added, and every line that was there stays as it is', () => {
  const [file] = kongFiles;
  assert.equal(addRoute(kong, 'orders', file), kong.replace('\nplugins:', `${entry}\nplugins:`));
  assert.throws(() => addRoute(kong, 'auth', file), /has a service auth already/);
  const pages = kong.replace('~/auth(?:/|$)', '~/(?:read|search)(?:/|$)');
  assert.throws(() => addRoute(pages, 'search', file), /has a service search already/);
  assert.throws(() => addRoute('services: [', 'orders', file), /no list "services", or is no YAML/);
  const odd = kong.replace('    url: http://auth:8000', '    url:    http://auth:8000');
  assert.throws(() => addRoute(odd, 'orders', file), /would lose its form at "url: {4}http/);
});

const module = `import type { Controller, Module } from '@tsmicro/micro';
import {
  A,
} from './a.ts';

export function createModule({ redis, mongo }: Connections): Module<Instance> {
  const stores: readonly IndexedStore[] = [];
  const controllers: readonly Controller[] = [new HealthController()];
  return { stores };
}
`;

test('module: store, controller and imports of a feature come to their places', () => {
  const grown = addToModule(module, toNames('order-line'), 'mongo', 'module.ts').replace(/\s+/g, ' ');
  const places = [
    "from './a.ts'; import { OrderLineController } from './order-line/controller.ts';",
    'const orderLineStore = new OrderLineStore(mongo); const stores: readonly IndexedStore[] = [ orderLineStore];',
    '[new HealthController(), new OrderLineController(new OrderLineService(orderLineStore)), ];',
  ];
  for (const place of places) assert.ok(grown.includes(place), `${place}\n${grown}`);
});

test('module: a form that is not known is refused', () => {
  const feature = toNames('item');
  const wrong: readonly (readonly [string, RegExp])[] = [
    [module.replace('controllers:', 'list:'), /there must be "const controllers: readonly Controller\[\]/],
    [module.replace('stores:', 'list:'), /there must be "const stores: readonly IndexedStore\[\]/],
    [`${module}${module}`, /once/],
    [module.replace('mongo }', 'postgres }'), /"\(\{ mongo, \.\.\. \}: Connections\)"/],
  ];
  for (const [text, why] of wrong) assert.throws(() => addToModule(text, feature, 'mongo', 'module.ts'), why);
});
