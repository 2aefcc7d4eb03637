// Kubernetes manifests as they are written, and as kustomize puts them together.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { makeSecrets } from './secrets.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '..');

/** What a container is told by one variable. */
export interface EnvironmentEntry {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    secretKeyRef?: { name: string; key: string };
  };
}

/** A container of a pod, as far as the tests look at it. */
export interface Container {
  name: string;
  image: string;
  command?: string[];
  env?: EnvironmentEntry[];
  ports?: { name?: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
  startupProbe?: object;
  livenessProbe?: object;
  readinessProbe?: object;
}

/** A volume that brings configuration or secrets. */
export interface Volume {
  name: string;
  configMap?: { name: string };
  secret?: { secretName: string; optional?: boolean; items?: { key: string; path: string }[] };
  projected?: { sources: { configMap?: { name: string }; secret?: { name: string } }[] };
  emptyDir?: object;
}

/** What Kubernetes makes pods of. */
export interface PodSpec {
  containers: Container[];
  volumes?: Volume[];
  securityContext?: Record<string, unknown>;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
}

type Labels = Record<string, string>;
type Peers = { podSelector?: { matchLabels?: Labels } }[];

/** One object of Kubernetes. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels };
  type?: string;
  data?: Record<string, string>;
  spec?: {
    selector?: Labels & { matchLabels?: Labels };
    ports?: { name?: string; port: number; targetPort?: number | string }[];
    template?: { metadata: { labels: Labels }; spec: PodSpec };
    volumeClaimTemplates?: { metadata: { name: string } }[];
    scaleTargetRef?: { kind: string; name: string };
    podSelector?: { matchLabels?: Labels };
    ingress?: { from?: Peers; ports?: { port: number | string }[] }[];
    egress?: { to?: Peers; ports?: { port: number | string }[] }[];
    type?: string;
  };
}

/** A kustomization.yaml, as far as ours use it. */
export interface Kustomization {
  resources: string[];
  patches?: { path: string }[];
  images?: { name: string; newName: string; newTag: string }[];
  configMapGenerator?: { name: string; files: string[] }[];
  secretGenerator?: { name: string; files: string[] }[];
}

// As kubectl reads it, where 0440 is an octal number.
const yaml = { version: '1.1', merge: true } as const;

const parseManifests = (text: string): Manifest[] =>
  parseAllDocuments(text, yaml).map((document) => document.toJS());

/** A Secret without the line ends that kustomize folds long values with. */
function unfolded(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret') return manifest;
  const entries = Object.entries(manifest.data ?? {}).map(([key, text]) => [key, text.replaceAll(/\s/g, '')]);
  return { ...manifest, data: Object.fromEntries(entries) };
}

/** Reads the kustomization of `kubernetes/<folder>`. */
export async function readKustomization(folder: string): Promise<Kustomization> {
  return parse(await readFile(join(deploy, 'kubernetes', folder, 'kustomization.yaml'), 'utf8'), yaml);
}

/** The manifests that `kubernetes/<folder>` itself has, as they are written. */
export async function readManifests(folder: string): Promise<Manifest[]> {
  const { resources } = await readKustomization(folder);
  const files = resources.filter((resource) => resource.endsWith('.yaml'));
  const texts = await Promise.all(
    files.map((file) => readFile(join(deploy, 'kubernetes', folder, file), 'utf8')),
  );
  return texts.flatMap(parseManifests);
}

/** What `kubectl kustomize` makes of an overlay, with secrets made for it; undefined where there is no kubectl. */
export async function renderOverlay(folder: string): Promise<Manifest[] | undefined> {
  const home = await mkdtemp(join(tmpdir(), 'tsmicro-overlay-'));
  try {
    await cp(deploy, join(home, 'deploy'), {
      recursive: true,
      filter: (path) => !/\/deploy\/(secrets|test)$/.test(path),
    });
    await cp(join(deploy, '..', 'gateway', 'kong'), join(home, 'gateway', 'kong'), { recursive: true });
    await cp(join(deploy, '..', 'stack', 'src', 'servers'), join(home, 'stack', 'src', 'servers'), {
      recursive: true,
    });
    await makeSecrets(join(home, 'deploy', 'secrets'));
    const args = ['kustomize', '--load-restrictor', 'LoadRestrictionsNone', `deploy/kubernetes/${folder}`];
    const { stdout } = await run('kubectl', args, {
      cwd: home,
      timeout: 60_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return parseManifests(stdout).map(unfolded);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
