import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { kongFiles } from '../src/edit/kong.ts';
import { type Outcome, ProjectCopy } from './project-copy.ts';

const names = ['orders', 'jewels', 'notes'];
let copy: ProjectCopy;
before(async () => {
  copy = await ProjectCopy.make();
});
after(() => copy[Symbol.asyncDispose]());

const read = (file: string) => readFileSync(copy.path(file), 'utf8');

function generate(...words: string[]): Promise<Outcome> {
  return copy.run('node', ['tools/generate/src/main.ts', ...words]);
}

/** Everything that a generator could change. */
async function snapshot(): Promise<string> {
  const script =
    'find . -path ./node_modules -prune -o -type f -exec cksum {} + | sort -k 3; ls node_modules/@tsmicro';
  return (await copy.run('sh', ['-c', script])).output;
}

test('generate: services on every store, and further features of them, are written and linked', async () => {
  const earlier = kongFiles.map((file) => read(file));
  for (const words of [
    ['service', 'orders'],
    ['service', 'jewels', '--store', 'mongo', '--feature', 'precious-stone', '--port', '8017'],
    ['service', 'notes', '--store', 'none'],
    ['feature', 'orders', 'order-line'],
    ['feature', 'jewels', 'box'],
    ['feature', 'notes', 'reply'],
  ]) {
    const { code, output } = await generate(...words);
    assert.equal(code, 0, output);
  }
  const ports = names.map((name) => {
    const { tsmicro, dependencies } = JSON.parse(read(`services/${name}/package.json`));
    assert.ok(`@tsmicro/contracts-${name}` in dependencies);
    return tsmicro.port;
  });
  assert.equal(ports[1], 8017);
  assert.equal(new Set(ports).size, 3);
  kongFiles.forEach((file, index) => {
    const lines = new Set(read(file).split('\n'));
    const lost = earlier[index]?.split('\n').filter((line) => !lines.has(line));
    assert.deepEqual(lost, [], `every line and comment of ${file} is still there`);
    assert.ok(lines.has('    tags: ["nats:orders"]'), file);
  });
  assert.equal(
    read('services/orders/migrations/0002_order_line.up.sql').match(/create table order_lines/)?.length,
    1,
  );
});

test('generate: what it wrote compiles, is formatted, keeps the law of arrows, and package-lock.json has all of it', async () => {
  const paths = names.flatMap((name) => [`services/${name}`, `contracts/${name}`]);
  const compiled = await copy.run('tsc', ['-p', '.']);
  assert.deepEqual(
    compiled.output.split('\n').filter((line) => paths.some((path) => line.startsWith(path))),
    [],
  );
  const checks = await Promise.all([
    copy.run('biome', ['check', '--error-on-warnings', ...paths]),
    copy.run('node', ['--test', 'test/architecture.test.ts']),
    copy.run('npm', ['ls', '--offline', ...names.map((name) => `@tsmicro/${name}`)]),
  ]);
  for (const { code, output } of checks) assert.equal(code, 0, output);
});

test('generate: the gateway’s own reader takes the routes, and a prefix ends at a slash', async () => {
  for (const file of kongFiles) {
    const script = `
      import { readDeclaration } from './gateway/src/declaration/declaration.ts';
      import { pluginKinds } from './gateway/src/module.ts';
      const { services } = await readDeclaration('${file}', pluginKinds);
      console.log(JSON.stringify(services.map(({ name, routes }) => [name, routes[0].paths[0].text])));`;
    const { code, output } = await copy.run('node', ['--input-type=module-typescript', '--eval', script]);
    assert.equal(code, 0, output);
    const paths = new Map<string, string>(JSON.parse(output));
    assert.deepEqual([...paths.keys()].slice(-names.length), names);
    const [auth = '', orders = ''] = [paths.get('auth'), paths.get('orders')];
    assert.equal(orders, auth.replace('auth', 'orders'));
  }
});

test('generate: the tests that came with it pass, on real servers', async () => {
  const files = [
    'services/orders/test/order.test.ts',
    'services/orders/test/order-line.test.ts',
    'services/orders/test/health.test.ts',
    'services/jewels/test/box.test.ts',
    'services/jewels/test/health.test.ts',
    'services/notes/test/note.test.ts',
  ];
  const { code, output } = await copy.run('node', ['--test', '--test-concurrency=2', ...files]);
  assert.equal(code, 0, output);
  assert.match(output, /pass 18\n/);
});

test('generate: what cannot be is refused with the reason, and nothing is changed', async () => {
  const before = await snapshot();
  const refusals: readonly (readonly [words: string[], code: number, why: RegExp])[] = [
    [['service', 'orders'], 1, /"orders" is taken: services\/orders/],
    [['service', 'network'], 1, /"network" is taken: packages\/network/],
    [['service', 'gateway'], 1, /reserved/],
    [['service', 'Orders'], 1, /is no name: small letters/],
    [['service', '../x'], 1, /is no name/],
    [['service', 'class'], 1, /a word of the language/],
    [['service', 'parcels', '--port', '8001'], 1, /port 8001 belongs to auth/],
    [['service', 'parcels', '--port', '80'], 1, /from 1024/],
    [['service', 'parcels', '--port', 'x'], 2, /--port x is no number/],
    [['service', 'parcels', '--store', 'oracle'], 2, /--store oracle is none of/],
    [['service', 'parcels', '--feature', 'health'], 1, /name of a role/],
    [['service', 'parcels', '--feature', 'date'], 1, /would hide Date/],
    [['feature', 'orders', 'order'], 1, /"order" is taken: there is services\/orders\/src\/order/],
    [['feature', 'orders', 'new'], 1, /a word of the language/],
    [['feature', 'nobody', 'item'], 1, /there is no service nobody; there are .*orders/],
    [['feature', 'auth', 'team'], 1, /services\/auth\/src\/module\.ts has not the form .* Connections/],
    [['feature', 'orders'], 2, /say the name of the feature/],
    [['dance'], 2, /dance cannot be generated/],
    [[], 2, /say what to generate/],
  ];
  for (const [words, expected, why] of refusals) {
    const { code, output } = await generate(...words);
    assert.equal(code, expected, `${words.join(' ')}: ${output}`);
    assert.match(output, why);
    if (code === 1) assert.match(output, /Nothing was written\.$/m);
  }
  assert.equal(await snapshot(), before);
});

test('generate: a file that is there already is named, and nothing is written', async () => {
  const file = 'contracts/parcels/src/parcel.ts';
  mkdirSync(dirname(copy.path(file)), { recursive: true });
  writeFileSync(copy.path(file), '// Mine.\n');
  const before = await snapshot();
  const { code, output } = await generate('service', 'parcels');
  assert.equal(code, 1);
  assert.match(output, /"parcel" is taken: there is contracts\/parcels\/src\/parcel\.ts/);
  writeFileSync(copy.path(file.replace('parcel.ts', 'index.ts')), '// Mine.\n');
  rmSync(copy.path(file));
  const again = await generate('service', 'parcels');
  assert.match(again.output, /there is already:\n {2}contracts\/parcels\/src\/index\.ts/);
  rmSync(copy.path('contracts/parcels'), { recursive: true });
  const without = (text: string) => text.split('\n').filter((line) => !line.includes('parcels'));
  assert.deepEqual(without(await snapshot()), without(before));
});

test('generate: when writing fails half-way, what was written is taken back', async () => {
  const before = await snapshot();
  const obstacle = copy.path('gateway/kong/kong.yml.new');
  mkdirSync(obstacle);
  const { code, output } = await generate('service', 'parcels');
  assert.equal(code, 1);
  assert.match(output, /EEXIST.*kong\.yml\.new/);
  rmdirSync(obstacle);
  assert.equal(await snapshot(), before);
});
