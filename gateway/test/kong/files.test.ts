// The files that a Kong is started with. There is none here: what it would refuse is looked for in another way.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readDeclaration } from '../../src/declaration/declaration.ts';
import { pluginKinds } from '../../src/module.ts';
import { knownFields } from './kong-fields.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../../kong/${name}`, import.meta.url));
const read = (name: string) => readFile(pathOf(name), 'utf8');
const declarations = ['kong.yml', 'kong-load-balanced.yml'];

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;
const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of an entity, and of all within it, that Kong does not have. */
function unknownFields(value: Value, kind: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unknownFields(item, kind));
  if (!isFields(value)) return [];
  const within = (field: string) => (field === 'config' ? `${kind} ${value.name}` : `${kind}.${field}`);
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = knownFields[kind];
    if (known === undefined) return [`${kind}: a kind of entity that is not known here`];
    if (!known.includes(field)) return [`${kind}: ${field}`];
    return unknownFields(inner, knownFields[field] === undefined ? within(field) : field);
  });
}

/** kong.conf as names and values. */
async function readConf(): Promise<Map<string, string>> {
  const lines = (await read('kong.conf')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([a-z_]+) = (.+)$/.exec(line) ?? [];
      assert.notEqual(name, '', `not of the form name = value: ${line}`);
      return [name, value] as const;
    }),
  );
}

for (const name of declarations) {
  test(`kong files: ${name} has no field that Kong does not have`, async () => {
    assert.deepEqual(unknownFields(parse(await read(name)), 'declaration'), []);
  });

  test(`kong files: the embedded gateway reads ${name} as it stands`, async () => {
    const { services } = await readDeclaration(pathOf(name), pluginKinds);
    // A generated service may have come to them.
    const ours = services.filter(({ name: service }) => /^(?:auth|blog|front|console)/.test(service));
    assert.deepEqual(
      ours.map(({ name: service, pathPrefix, readTimeoutMs, routes }) => [
        service,
        pathPrefix,
        readTimeoutMs,
        routes.map(({ paths }) => paths[0]?.text),
      ]),
      [
        ['auth', '', 2_300, ['~/auth(?:/|$)']],
        ['auth-signin', '/signin', 2_300, ['~/auth/signin(?:/|$)']],
        ['auth-signup', '/signup', 2_300, ['~/auth/signup(?:/|$)']],
        ['blog', '', 2_300, ['~/blog(?:/|$)']],
        ['front', '', 4_800, ['~/$']],
        ['console', '', 60_000, ['~/console(?:/|$)']],
      ],
    );
  });
}

test('kong files: pages need no key, and everything else does', async () => {
  for (const name of declarations) {
    const { services }: { services: Fields[] } = parse(await read(name));
    const open = services.filter(({ plugins = [] }) =>
      (plugins as Fields[]).some(({ config }) => isFields(config) && config.required === false),
    );
    assert.deepEqual(
      open.map((service) => service.name),
      ['front', 'console'],
    );
  }
});

test('kong files: both declarations say the same of what both serve, but for the targets', async () => {
  const [plain, balanced] = await Promise.all(declarations.map(async (name) => parse(await read(name))));
  const urls = (names: string[]) => names.map((name) => `http://${name}:8000/verify/apikey`);
  for (const [declaration, names] of [[plain, ['auth']] as const, [balanced, ['auth1', 'auth2']] as const]) {
    const plugin = declaration.plugins.find(({ name }: Fields) => name === 'apikey-auth-plugin');
    assert.deepEqual(plugin.config.verification_urls, urls([...names]));
    plugin.config.verification_urls = [];
    for (const service of declaration.services) {
      service.url = service.url.replace(/_upstream|:8000/, '');
      delete service.tags;
    }
  }
  const { upstreams, ...rest } = balanced;
  const both = new Set(balanced.services.map(({ name }: Fields) => name));
  plain.services = plain.services.filter(({ name }: Fields) => both.has(name));
  assert.deepEqual(rest, plain);
  const targetsOf = ({ name, tags, targets }: Fields) => [
    name,
    tags,
    (targets as Fields[]).map(({ target }) => target),
  ];
  assert.deepEqual(upstreams.map(targetsOf), [
    ['auth_upstream', ['nats:auth'], ['auth1:8000', 'auth2:8000']],
    ['blog_upstream', ['nats:blog'], ['blog1:8000', 'blog2:8000']],
    ['front_upstream', ['nats:front'], ['front1:8000', 'front2:8000']],
  ]);
});

test('kong files: kong.conf loads the plugins that the declarations name, and no other', async () => {
  const loaded = (await readConf()).get('plugins')?.split(',').sort();
  for (const name of declarations) {
    const { plugins, services }: Record<string, Fields[]> = parse(await read(name));
    const inside = services?.flatMap((service) => (service.plugins ?? []) as Fields[]) ?? [];
    const named = new Set([...(plugins ?? []), ...inside].map((plugin) => plugin.name));
    assert.deepEqual([...named].sort(), loaded);
  }
});

test('kong files: kong.conf keeps what the plugins and the services count on', async () => {
  const conf = await readConf();
  const rulings = await read('plugins/apikey-auth-plugin/rulings.lua');
  const [, dictionary = ''] = /ngx\.shared\.(\w+)/.exec(rulings) ?? [];
  assert.equal(conf.get('nginx_http_lua_shared_dict'), `${dictionary} 16m`);
  assert.equal(conf.get('admin_listen'), '127.0.0.1:8001');
  assert.equal(conf.get('headers'), 'off');
  assert.equal(conf.get('trusted_ips'), undefined);
  // The services close an idle connection after 75 s.
  assert.ok(Number(conf.get('upstream_keepalive_idle_timeout')) < 75);
  assert.deepEqual([conf.get('dns_valid_ttl'), conf.get('dns_not_found_ttl')], ['2', '1']);
  assert.equal(conf.get('nginx_http_client_max_body_size'), '1m');
  for (const secret of ['http_', 'args', 'request_uri', 'request "', 'query_string']) {
    const format = conf.get('nginx_http_log_format')?.replaceAll('sent_http_x_request_id', '');
    assert.ok(!format?.includes(`$${secret}`), `the log shows $${secret}`);
  }
});
