import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConfig as readKongSync } from '../../gateway/src/kong-sync/config.ts';
import { parseEnvironment as readAuth } from '../../services/auth/src/config.ts';
import { parseEnvironment as readBlog } from '../../services/blog/src/config.ts';
import { parseEnvironment as readConsole } from '../../sites/console/src/config.ts';
import { parseEnvironment as readFront } from '../../sites/front/src/config.ts';
import {
  type Container,
  type Kustomization,
  type Manifest,
  type PodSpec,
  readKustomization,
  readManifests,
  renderOverlay,
} from './manifest.ts';
import { complaintAbout, fieldComplaints } from './manifest-schema.ts';
import { readNoting } from './reading.ts';
import { openSecrets } from './secrets.ts';

const kubernetes = join(import.meta.dirname, '..', 'kubernetes');

/** Our own containers, and how what runs in them reads its environment. */
const readers = new Map<string, (environment: Record<string, string | undefined>) => unknown>([
  ['auth', readAuth],
  ['blog', readBlog],
  ['front', readFront],
  ['console', readConsole],
  ['kong-sync', readKongSync],
]);

let base: Manifest[];
let baseKustomization: Kustomization;
let production: Kustomization;
let secrets: Awaited<ReturnType<typeof openSecrets>>;
before(async () => {
  base = await readManifests('base');
  baseKustomization = await readKustomization('base');
  production = await readKustomization('production');
  secrets = await openSecrets();
});
after(() => secrets[Symbol.asyncDispose]());

const named = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
const failing = (manifests: readonly Manifest[], holds: (manifest: Manifest) => boolean) =>
  manifests.filter((manifest) => !holds(manifest)).map(named);
const workloads = (manifests: readonly Manifest[]) =>
  manifests.flatMap((manifest) => {
    const template = manifest.spec?.template;
    return template === undefined ? [] : [{ manifest, name: named(manifest), ...template }];
  });
const containersOf = (manifests: readonly Manifest[]) =>
  workloads(manifests).flatMap(({ name, spec }) =>
    spec.containers.map((container) => ({ name: `${name}: ${container.name}`, container, pod: spec })),
  );
const badContainers = (holds: (container: Container, pod: PodSpec) => boolean) =>
  containersOf(base)
    .filter(({ container, pod }) => !holds(container, pod))
    .map(({ name }) => name);
const selects = (labels: Record<string, string> | undefined, of: Record<string, string>) =>
  labels !== undefined && Object.entries(labels).every(([key, value]) => of[key] === value);

/** The files that a generator makes, by their keys. */
const keysOf = (generators: Kustomization['configMapGenerator'], name: string) =>
  new Map(
    generators
      ?.find((generator) => generator.name === name)
      ?.files.map((file) => {
        const [key = '', path] = file.split('=');
        return path === undefined ? [basename(key), key] : [key, path];
      }),
  );

describe('the base', () => {
  test('has values that Kubernetes takes, and fields that it knows', async () => {
    assert.ok(base.length >= 30);
    const complaints = await Promise.all(base.map(complaintAbout));
    assert.deepEqual(
      complaints.filter((complaint) => complaint !== undefined),
      [],
    );
    assert.equal(await fieldComplaints(base), '');
  });

  test('no pod is root, has rights of the cluster, or takes variables from it', () => {
    const pods = failing(base, ({ spec }) => {
      const pod = spec?.template?.spec;
      if (pod === undefined) return true;
      const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext ?? {};
      assert.deepEqual(seccompProfile, { type: 'RuntimeDefault' });
      return (
        runAsNonRoot === true &&
        Number(runAsUser) > 0 &&
        pod.automountServiceAccountToken === false &&
        pod.enableServiceLinks === false
      );
    });
    assert.deepEqual(pods, []);
    assert.equal(workloads(base).length, 12);
  });

  test('every container writes nothing but its volumes, has no capabilities, and has limits', () => {
    assert.deepEqual(
      badContainers(({ securityContext, resources }) => {
        const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext ?? {};
        assert.deepEqual(capabilities, { drop: ['ALL'] });
        const bounded = ['cpu', 'memory'].every(
          (name) => name in (resources?.requests ?? {}) && name in (resources?.limits ?? {}),
        );
        return allowPrivilegeEscalation === false && readOnlyRootFilesystem === true && bounded;
      }),
      [],
    );
  });

  test('every image is pinned by a tag with its version', () => {
    assert.deepEqual(
      badContainers(({ image }) => /^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/.test(image)),
      [],
    );
  });

  test('whoever takes requests says whether it lives and whether it is ready', () => {
    assert.deepEqual(
      badContainers(({ ports, livenessProbe, readinessProbe }) =>
        ports === undefined ? true : livenessProbe !== undefined && readinessProbe !== undefined,
      ),
      [],
    );
  });

  test('our services are asked at their own paths, and get the time that a polite end takes', () => {
    for (const name of ['auth', 'blog', 'front', 'console']) {
      const pod = workloads(base).find((workload) => workload.name === `Deployment ${name}`)?.spec;
      assert.ok(pod);
      assert.partialDeepStrictEqual(pod.containers[0], {
        startupProbe: { httpGet: { path: '/health/live', port: 'http' } },
        livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
        readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      });
      // The five seconds before SIGTERM, the ten that a service may take after it, and some to spare.
      assert.ok((pod.terminationGracePeriodSeconds ?? 0) >= 20);
    }
  });

  test('services, budgets, autoscalers and policies name workloads that there are', () => {
    const all = workloads(base);
    const selected = (labels: Record<string, string> | undefined) =>
      all.some(({ metadata }) => selects(labels, metadata.labels));
    assert.deepEqual(
      failing(base, ({ kind, metadata, spec = {} }) => {
        if (kind === 'Service') return selected(spec.selector);
        if (kind === 'PodDisruptionBudget') return selected(spec.selector?.matchLabels);
        if (kind === 'HorizontalPodAutoscaler') {
          return all.some(({ name }) => name === `${spec.scaleTargetRef?.kind} ${spec.scaleTargetRef?.name}`);
        }
        if (kind !== 'NetworkPolicy' || ['default-deny', 'dns'].includes(metadata.name)) return true;
        const peers = [
          ...(spec.ingress ?? []).flatMap(({ from = [] }) => from),
          ...(spec.egress ?? []).flatMap(({ to = [] }) => to),
        ];
        return (
          selected(spec.podSelector?.matchLabels) &&
          peers.every(({ podSelector }) => podSelector === undefined || selected(podSelector.matchLabels))
        );
      }),
      [],
    );
  });

  test('every workload has a policy, every way out meets a way in, and only Kong is open to all', () => {
    const policies = base.filter(({ kind }) => kind === 'NetworkPolicy');
    assert.deepEqual(policies[0]?.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const own = new Map(policies.map(({ metadata, spec }) => [metadata.name, spec]));
    for (const { metadata } of workloads(base))
      assert.ok(own.has(metadata.labels.app ?? ''), metadata.labels.app);
    const ways = (direction: 'in' | 'out') =>
      [...own].flatMap(([name, spec]) =>
        (direction === 'in' ? (spec?.ingress ?? []) : (spec?.egress ?? [])).flatMap((rule) =>
          (('from' in rule ? rule.from : 'to' in rule ? rule.to : undefined) ?? []).flatMap(
            ({ podSelector }) =>
              (rule.ports ?? []).flatMap(({ port }) => {
                const other = podSelector?.matchLabels?.app;
                if (other === undefined) return [];
                return [direction === 'in' ? `${other} → ${name}:${port}` : `${name} → ${other}:${port}`];
              }),
          ),
        ),
      );
    assert.ok(ways('out').length > 10);
    assert.deepEqual(ways('out').sort(), ways('in').sort());
    const open = [...own].filter(([, spec]) => spec?.ingress?.some(({ from }) => from === undefined));
    assert.deepEqual(
      open.map(([name]) => name),
      ['kong'],
    );
  });

  test('what a container mounts is a volume of its pod, and what it mounts exists', () => {
    const generated = new Set([
      ...(baseKustomization.configMapGenerator ?? []).map(({ name }) => `configMap ${name}`),
      ...(production.secretGenerator ?? []).map(({ name }) => `secret ${name}`),
    ]);
    const used = new Set<string>();
    for (const { manifest, name, spec } of workloads(base)) {
      const volumes = new Set(spec.volumes?.map((volume) => volume.name));
      for (const { metadata } of manifest.spec?.volumeClaimTemplates ?? []) volumes.add(metadata.name);
      const mounted = new Set(
        spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((at) => at.name)),
      );
      assert.deepEqual([...mounted].sort(), [...volumes].sort(), name);
      for (const { configMap, secret, projected } of spec.volumes ?? []) {
        for (const source of [
          ...(projected?.sources ?? []),
          // One that may be missing is made by hand, when it is needed.
          { configMap, secret: secret?.optional ? undefined : secret && { name: secret.secretName } },
        ]) {
          if (source.configMap) used.add(`configMap ${source.configMap.name}`);
          if (source.secret) used.add(`secret ${source.secret.name}`);
        }
      }
    }
    assert.deepEqual([...used].sort(), [...generated].sort());
  });

  test('what a container is told by its environment is asked for, and nothing that is required is left out', () => {
    const read = containersOf(base).flatMap(({ name, container, pod }) => {
      const reader = readers.get(container.name);
      if (reader === undefined) return [];
      const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === '/secrets')?.name;
      const { secretName = '', items } = pod.volumes?.find((volume) => volume.name === mount)?.secret ?? {};
      const files = keysOf(production.secretGenerator, secretName);
      const environment: Record<string, string> = {};
      for (const { name: variable, value, valueFrom } of container.env ?? []) {
        environment[variable] = value ?? valueFrom?.fieldRef?.fieldPath ?? '';
        if (!value?.startsWith('/secrets/')) continue;
        const key = basename(value);
        const file = files.get(key);
        assert.ok(
          file !== undefined && (items === undefined || items.some((item) => item.key === key)),
          `${name}: ${value}`,
        );
        environment[variable] = join(secrets.dir, basename(file));
      }
      return [{ name, ...readNoting(reader, environment) }];
    });
    assert.equal(read.length, 5);
    for (const { name, ...reading } of read) {
      assert.deepEqual({ name, ...reading }, { name, complaint: undefined, unread: [] });
    }
  });

  test('every secret that is named by its key is one that the overlay makes', () => {
    const references = containersOf(base).flatMap(({ container: { env = [] } }) =>
      env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
    );
    assert.equal(references.length, 1);
    for (const { name, key } of references) assert.ok(keysOf(production.secretGenerator, name).has(key), key);
  });
});

test('kustomize: every resource, patch and file is there, secrets once they are made', () => {
  for (const [folder, { resources, patches = [], configMapGenerator = [], secretGenerator = [] }] of [
    ['base', baseKustomization],
    ['production', production],
  ] as const) {
    const files = [...configMapGenerator, ...secretGenerator].flatMap(({ files }) =>
      files.map((file) => file.split('=').at(-1) ?? ''),
    );
    const paths = [...resources, ...patches.map(({ path }) => path), ...files].map((path) =>
      path.startsWith('../../secrets/') ? join(secrets.dir, basename(path)) : join(kubernetes, folder, path),
    );
    assert.ok(paths.length > 3);
    assert.deepEqual(
      paths.filter((path) => !existsSync(path)),
      [],
    );
  }
});

test('the production overlay: kubectl puts it together, valid, with images of a registry and its own secrets', async (t) => {
  const rendered = await renderOverlay('production');
  if (rendered === undefined) return t.skip('kubectl is not on PATH');
  const complaints = await Promise.all(rendered.map(complaintAbout));
  assert.deepEqual(
    complaints.filter((complaint) => complaint !== undefined),
    [],
  );
  assert.equal(await fieldComplaints(rendered), '');
  assert.deepEqual(
    failing(rendered, ({ kind, metadata }) => kind === 'Namespace' || metadata.namespace === 'tsmicro'),
    [],
  );
  const have = new Set(rendered.map(named));
  for (const { name, spec } of workloads(rendered)) {
    for (const { image } of spec.containers) {
      assert.match(image, /^(registry\.example\.com\/tsmicro\/\w+|postgres|mongo|redis|nats|node):\d/, name);
    }
    for (const { configMap, secret } of spec.volumes ?? []) {
      // The certificate is the operator's own, and so is what may be missing.
      if (secret?.secretName === 'gateway-tls' || secret?.optional) continue;
      if (configMap) assert.ok(have.has(`ConfigMap ${configMap.name}`), `${name}: ${configMap.name}`);
      if (secret) assert.ok(have.has(`Secret ${secret.secretName}`), `${name}: ${secret.secretName}`);
    }
  }
  const published = rendered.filter(({ kind, spec }) => kind === 'Service' && spec?.type !== undefined);
  assert.deepEqual(published.map(named), ['Service kong']);
  assert.deepEqual(published[0]?.spec?.ports, [{ name: 'https', port: 443, targetPort: 'https' }]);
});
