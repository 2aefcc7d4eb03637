import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Import, type Law, readLaw, violation } from './law.ts';

const root = join(import.meta.dirname, '..');
const sources = new Map<string, string>();
let law: Law;

before(async () => {
  law = readLaw(await readFile(join(root, 'docs', 'architecture.md'), 'utf8'));
  const pattern = '{packages,contracts,services,sites,gateway,stack}/**/src/**/*.ts';
  for await (const file of glob(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })) {
    sources.set(file, await readFile(join(root, file), 'utf8'));
  }
});

/** Every import and re-export of a source, also the ones that only bring types. */
function importsOf(file: string, source: string): Import[] {
  const found = source.matchAll(
    /^\s*(?:import|export)\b[^'";]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return Array.from(found, ([, from, bare, dynamic]) => ({ file, specifier: from ?? bare ?? dynamic ?? '' }));
}

const complain = (complaints: (string | undefined)[]) =>
  assert.deepEqual(
    complaints.filter((complaint) => complaint !== undefined),
    [],
  );

test('architecture: every import keeps to the tables of docs/architecture.md', () => {
  assert.ok(sources.size > 50, 'the sources are found');
  const imports = [...sources].flatMap(([file, source]) => importsOf(file, source));
  complain(imports.map((found) => violation(found, law)));
});

test('architecture: an import against the law is seen and named', () => {
  const broken: [file: string, specifier: string, rule: RegExp][] = [
    [
      'packages/network/src/router.ts',
      '@tsmicro/micro',
      /no arrow leads from packages\/network to packages\/micro/,
    ],
    ['services/blog/src/blog/service.ts', '@tsmicro/auth', /no arrow/],
    ['services/blog/src/blog/service.ts', '../../../auth/src/module.ts', /by its package name/],
    ['services/blog/src/author/service.ts', '../editor/service.ts', /may not import sister service/],
    ['services/blog/src/blog/service.ts', '../author/dto.ts', /may not import higher dto/],
    ['services/auth/src/session/controller.ts', './store.ts', /controller.ts may not import own store/],
    ['services/auth/src/session/store.ts', '@tsmicro/network', /store.ts may not import network/],
    ['services/auth/src/session/service.ts', 'kysely', /only .* may import kysely/],
    ['services/auth/src/session/token.ts', '../server.ts', /noun may not import server/],
    ['gateway/src/server.ts', '@tsmicro/contracts-auth', /no arrow leads from gateway to contracts\/auth/],
    ['stack/src/main.ts', '@tsmicro/network', /no arrow leads from stack/],
    ['sites/front/src/article/controller.ts', '@tsmicro/blog', /no arrow leads from sites\/front/],
    ['sites/front/src/article/page.ts', '../../../console/src/map/page.ts', /by its package name/],
    ['sites/front/src/article/page.ts', '../comment/place.ts', /article may not import higher noun/],
    ['sites/front/src/desk/page.ts', '../writing/client.ts', /desk may not import sister noun/],
    ['sites/console/src/watch/map/nodes.ts', '../../map/page.ts', /watch may not import higher noun/],
    ['sites/console/src/map/page.ts', '../module.ts', /map may not import module/],
    ['sites/front/src/article/page.ts', 'sanitize-html', /only .* may import sanitize-html/],
    ['packages/web/src/site.ts', '@tsmicro/front', /no arrow leads from packages\/web/],
  ];
  for (const [file, specifier, rule] of broken) assert.match(violation({ file, specifier }, law) ?? '', rule);
});

test('architecture: imports of every form are read', () => {
  const source =
    "import { a } from 'a';\nimport type {\n  B,\n} from 'b';\nexport { c } from 'c';\nimport 'd';\nawait import('e');";
  assert.deepEqual(
    importsOf('x.ts', source).map(({ specifier }) => specifier),
    ['a', 'b', 'c', 'd', 'e'],
  );
});

test('architecture: every room and feature stands in the tables, and the tables name no other', async () => {
  const rooms = new Set(
    [...sources.keys()].map((file) => /^(gateway|stack)\/|^[^/]+\/[^/]+/.exec(file)?.[0].replace(/\/$/, '')),
  );
  assert.deepEqual([...rooms].sort(), [...law.arrows.keys()].sort());
  for (const [service, floors] of law.floors) {
    const features = new Set(
      [...sources.keys()].flatMap(
        (file) => new RegExp(`^(?:services|sites)/${service}/src/([^/]+)/`).exec(file)?.[1] ?? [],
      ),
    );
    assert.deepEqual([...features].sort(), floors.flat().sort(), service);
  }
});

test('architecture: a door only exports', () => {
  complain(
    [...sources].map(([file, source]) =>
      /\/src\/index\.ts$/.test(file) &&
      !source
        .trim()
        .split(/;\s*/)
        .every((part) => part === '' || /^(?:\/[/*]|export\b[\s\S]*\bfrom\b)/.test(part))
        ? `${file} does more than export`
        : undefined,
    ),
  );
});

test('architecture: only main.ts touches the process, and libraries print nothing', () => {
  complain(
    [...sources].map(([file, source]) => {
      if (/^stack\//.test(file) || /\/main\.ts$/.test(file)) return undefined;
      const touched = /\bprocess\.(?:env|exit|argv|on|once|stdout|stderr|kill)\b|\bconsole\.\w+\(/.exec(
        source,
      )?.[0];
      return touched === undefined ? undefined : `${file} uses ${touched}`;
    }),
  );
});

test('architecture: file names say what is inside, in kebab case, and no file outgrows 400 lines', () => {
  const empty = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'base', 'manager', 'impl']);
  complain(
    [...sources].map(([file, source]) => {
      const name =
        file
          .split('/')
          .at(-1)
          ?.replace(/(?:\.d)?\.ts$/, '') ?? '';
      if (empty.has(name) || !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name))
        return `${file} has a name that says nothing`;
      const lines = source.split('\n').length;
      return lines > 400 ? `${file} has ${lines} lines` : undefined;
    }),
  );
});

test('architecture: every package brings what it imports', async () => {
  const builtin = /^node:/;
  const complaints: string[] = [];
  for (const [file, source] of sources) {
    const room = /^(?:gateway|stack)(?=\/)|^[^/]+\/[^/]+/.exec(file)?.[0] ?? '';
    const { dependencies = {} } = JSON.parse(await readFile(join(root, room, 'package.json'), 'utf8'));
    for (const { specifier } of importsOf(file, source)) {
      if (specifier.startsWith('.') || builtin.test(specifier)) continue;
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (!(name in dependencies))
        complaints.push(`${file} imports ${name}, which ${room}/package.json does not name`);
    }
  }
  complain(complaints);
});
