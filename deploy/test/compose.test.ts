import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DCLinter } from 'dclint';
import { readConfig as readKongSync } from '../../gateway/src/kong-sync/config.ts';
import { parseEnvironment as readAuth } from '../../services/auth/src/config.ts';
import { parseEnvironment as readBlog } from '../../services/blog/src/config.ts';
import { parseEnvironment as readConsole } from '../../sites/console/src/config.ts';
import { parseEnvironment as readFront } from '../../sites/front/src/config.ts';
import { type ComposeFile, readComposeFile, secretPaths } from './compose-file.ts';
import { readNoting } from './reading.ts';
import { openSecrets } from './secrets.ts';

const deploy = join(import.meta.dirname, '..');
const paths = ['compose.yml', 'compose.load-balanced.yml'].map((name) => join(deploy, name));

/** Our own images, and how what runs in them reads its environment. */
const readers = new Map<string, (environment: Record<string, string | undefined>) => unknown>([
  ['tsmicro/auth:0.1.0', readAuth],
  ['tsmicro/blog:0.1.0', readBlog],
  ['tsmicro/front:0.1.0', readFront],
  ['tsmicro/console:0.1.0', readConsole],
  ['tsmicro/gateway:0.1.0', readKongSync],
]);

/** What the linter says of one file; its own types cannot be resolved as Node resolves them. */
interface Linted {
  filePath: string;
  messages: { line: number; rule: string; message: string }[];
}

/** Who asks whom, by names. */
type Asking = [container: string, host: string];

let secrets: Awaited<ReturnType<typeof openSecrets>>;
before(async () => {
  secrets = await openSecrets();
});
after(() => secrets[Symbol.asyncDispose]());

test('compose: the linter, which has the schema of the Compose Specification, finds nothing', async () => {
  const { rules } = JSON.parse(await readFile(join(deploy, 'dclint.json'), 'utf8'));
  const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
  const linted: Linted[] = linter.lintFiles(paths, false);
  const found = linted.flatMap(({ filePath, messages }) =>
    messages.map(({ line, rule, message }) => `${filePath}:${line} ${rule}: ${message}`),
  );
  assert.equal(linted.length, paths.length);
  assert.deepEqual(found, []);
});

for (const path of paths) {
  describe(path.slice(deploy.length + 1), () => {
    let file: ComposeFile;
    before(async () => {
      file = await readComposeFile(path);
    });
    const failing = (holds: (service: ComposeFile['services'][string], name: string) => boolean) =>
      Object.entries(file.services).flatMap(([name, service]) => (holds(service, name) ? [] : [name]));

    test('every container is held to the least: no root, nothing written, no capabilities', () => {
      assert.ok(Object.keys(file.services).length >= 12);
      const bad = {
        root: failing(({ user = '' }) => /^[1-9]\d*:[1-9]\d*$/.test(user)),
        writable: failing(({ read_only }) => read_only === true),
        capable: failing(({ cap_drop, cap_add }) => cap_drop?.[0] === 'ALL' && cap_add === undefined),
        privileged: failing(
          ({ privileged, security_opt }) =>
            privileged === undefined && security_opt?.includes('no-new-privileges:true') === true,
        ),
      };
      assert.deepEqual(bad, { root: [], writable: [], capable: [], privileged: [] });
    });

    test('every container has a health check, limits, bounded logs, and comes back', () => {
      const bad = {
        health: failing(({ healthcheck }) => (healthcheck?.test.length ?? 0) > 1),
        limits: failing(({ deploy: { resources: { limits = {} } = {} } = {} }) =>
          ['cpus', 'memory', 'pids'].every((limit) => limit in limits),
        ),
        logs: failing(({ logging: { options = {} } = {} }) => 'max-size' in options && 'max-file' in options),
        restart: failing(({ restart }) => restart === 'unless-stopped'),
      };
      assert.deepEqual(bad, { health: [], limits: [], logs: [], restart: [] });
    });

    test('every image is pinned by a tag with its version', () => {
      assert.deepEqual(
        failing(({ image = '' }) => /^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/.test(image)),
        [],
      );
    });

    test('only Kong is published, on loopback unless told otherwise, and only its network leads outside', () => {
      assert.match(
        file.services.kong?.ports?.join() ?? '',
        /^\$\{GATEWAY_ADDRESS:-127\.0\.0\.1\}:[^,]*:8000$/,
      );
      assert.deepEqual(
        failing(({ ports }) => ports === undefined),
        ['kong'],
      );
      const open = Object.entries(file.networks).filter(([, network]) => network?.internal !== true);
      assert.deepEqual(
        open.map(([name]) => name),
        ['edge'],
      );
      const at = (network: string) =>
        failing(
          ({ networks = [] }) =>
            !(Array.isArray(networks) ? networks : Object.keys(networks)).includes(network),
        );
      assert.deepEqual(at('edge'), ['kong']);
    });

    test('whom a container asks has that name on a network of both', async () => {
      const names = new Map<string, Set<string>>();
      const networksOf = ({ networks = [] }: ComposeFile['services'][string]) =>
        Array.isArray(networks)
          ? networks.map((network) => [network, undefined] as const)
          : Object.entries(networks);
      for (const [name, service] of Object.entries(file.services)) {
        for (const [network, given] of networksOf(service)) {
          const known = names.get(network) ?? new Set();
          names.set(network, known.add(name));
          for (const alias of given?.aliases ?? []) known.add(alias);
        }
      }
      const reaches = (asking: string, host: string) =>
        networksOf(file.services[asking] ?? {}).some(([network]) => names.get(network)?.has(host) === true);

      const { KONG_DECLARATIVE_CONFIG = '' } = file.services.kong?.environment ?? {};
      const kong = await readFile(
        join(deploy, '..', 'gateway', 'kong', basename(KONG_DECLARATIVE_CONFIG)),
        'utf8',
      );
      const upstreams = new Set(Array.from(kong.matchAll(/- name: (\w+_upstream)/g), ([, name]) => name));
      const hosts = Array.from(
        kong.matchAll(/(?:http:\/\/|target: |host: )([\w-]+)/g),
        ([, host = '']) => host,
      );
      const asked = hosts.filter((host) => !upstreams.has(host)).map((host): Asking => ['kong', host]);
      for (const [name, { environment = {} }] of Object.entries(file.services)) {
        for (const variable of ['DB_HOST', 'REDIS_HOST']) {
          if (environment[variable] !== undefined) asked.push([name, environment[variable]]);
        }
        if (environment.GATEWAY_URL) asked.push([name, new URL(environment.GATEWAY_URL).hostname]);
        // kong-sync is at home in Kong's network.
        if (environment.NATS_URL_FILE) asked.push([name === 'kong-sync' ? 'kong' : name, 'nats']);
        if (environment.ADVERTISED_HOST) asked.push(['kong', environment.ADVERTISED_HOST]);
      }
      assert.ok(asked.length > 12);
      assert.deepEqual(
        asked.filter(([asking, host]) => !reaches(asking, host)),
        [],
      );
    });

    test('Kong believes whom it hears on the network of the sites for whom they ask, and nobody else', () => {
      const [{ subnet = '' } = {}] = file.networks.gateway?.ipam?.config ?? [];
      assert.match(subnet, /^\$\{GATEWAY_SUBNET:-172\.31\.251\.0\/24\}$/);
      const trusted = file.services.kong?.environment?.KONG_TRUSTED_IPS ?? '';
      assert.equal(trusted, `${subnet}\${TRUSTED_IPS:+,}\${TRUSTED_IPS:-}`);
      const { networks = {} } = file.services.kong ?? {};
      // The name that the sites ask by is there on that network only.
      const named = Object.entries(networks).flatMap(([network, given]) =>
        given?.aliases?.includes('gateway') ? [network] : [],
      );
      assert.deepEqual(named, ['gateway']);
      for (const { environment, networks: own = [] } of Object.values(file.services)) {
        if (environment?.GATEWAY_URL === undefined) continue;
        assert.equal(environment.GATEWAY_URL, 'http://gateway:8000');
        assert.ok(Array.isArray(own) && own.includes('gateway'));
      }
    });

    test('whoever waits for another waits until it is well, and for one that there is', () => {
      const awaited = Object.values(file.services).flatMap(({ depends_on = {} }) =>
        Object.entries(depends_on),
      );
      assert.ok(awaited.length > 5);
      for (const [name, { condition }] of awaited) {
        assert.ok(name in file.services, name);
        assert.equal(condition, 'service_healthy');
      }
    });

    test('every secret and every file that is mounted is there once the secrets are made, and none is unused', () => {
      const used = new Set(
        Object.values(file.services).flatMap((service) => [...secretPaths(service).values()]),
      );
      assert.deepEqual([...used].sort(), Object.keys(file.secrets).sort());
      const sources = Object.values(file.services)
        .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
        .filter((source) => source.startsWith('.'));
      const missing = [
        ...Object.values(file.secrets).map((secret) => join(secrets.dir, '..', secret.file)),
        ...sources.map((source) =>
          source.startsWith('./secrets/') ? join(secrets.dir, '..', source) : join(deploy, source),
        ),
      ].filter((found) => !existsSync(found));
      assert.deepEqual(missing, []);
    });

    test('what a container is told by its environment is asked for, and nothing that is required is left out', () => {
      const read = Object.entries(file.services).flatMap(([name, service]) => {
        const reader = readers.get(service.image ?? '');
        if (reader === undefined) return [];
        const inside = secretPaths(service);
        const environment: Record<string, string> = {};
        for (const [variable, text] of Object.entries(service.environment ?? {})) {
          const secret = inside.get(text);
          environment[variable] = secret === undefined ? text : join(secrets.dir, secret);
          if (variable.endsWith('_FILE')) assert.ok(secret !== undefined, `${name}: no secret at ${text}`);
        }
        return [{ name, ...readNoting(reader, environment) }];
      });
      assert.ok(read.length >= 5);
      for (const { name, ...reading } of read) {
        assert.deepEqual({ name, ...reading }, { name, complaint: undefined, unread: [] });
      }
    });

    test('no secret stands in the file itself', () => {
      const inEnvironment = Object.values(file.services).flatMap(({ environment = {} }) =>
        Object.entries(environment).filter(
          ([name, text]) => /PASSWORD|PWD|SECRET|_KEY|URL$/.test(name) && !/^(http|\/)/.test(text),
        ),
      );
      assert.deepEqual(inEnvironment, []);
    });
  });
}
