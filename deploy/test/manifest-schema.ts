// Holds manifests to the schemas of Kubernetes, as the package kubernetes-models has them: by their validators, which know
// what a value may be, and by their types, which know what fields there are.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifest } from './manifest.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '..', '..');

type Model = new (data: Manifest) => { validate(): void };

const groups: Record<string, () => Promise<object>> = {
  v1: () => import('kubernetes-models/v1'),
  'apps/v1': () => import('kubernetes-models/apps/v1'),
  'autoscaling/v2': () => import('kubernetes-models/autoscaling/v2'),
  'networking.k8s.io/v1': () => import('kubernetes-models/networking.k8s.io/v1'),
  'policy/v1': () => import('kubernetes-models/policy/v1'),
};

const isModel = (value: unknown): value is Model => typeof value === 'function';

/** Why Kubernetes would not take the value of a field; undefined when it would. */
export async function complaintAbout(manifest: Manifest): Promise<string | undefined> {
  const { apiVersion, kind, metadata } = manifest;
  const models = new Map(Object.entries((await groups[apiVersion]?.()) ?? {}));
  const Kind = models.get(kind);
  const name = `${kind} ${metadata.name}`;
  if (!isModel(Kind)) return `${name}: ${apiVersion} has no such kind`;
  try {
    new Kind(manifest).validate();
    return undefined;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.message : error}`;
  }
}

/** What the compiler says to fields that Kubernetes does not know, or that are missing; empty when nothing. */
export async function fieldComplaints(manifests: readonly Manifest[]): Promise<string> {
  const dir = join(project, '.test', `manifests-${process.pid}`);
  await mkdir(dir, { recursive: true });
  try {
    const lines = manifests.flatMap(({ apiVersion, kind, metadata, ...rest }, at) => [
      `import type { I${kind} as K${at} } from 'kubernetes-models/${apiVersion}';`,
      // One line each: the compiler names the line, and the line names the manifest.
      `export const m${at}: K${at} = ${JSON.stringify({ apiVersion, kind, metadata, ...rest })};`,
    ]);
    await writeFile(join(dir, 'manifests.ts'), `${lines.join('\n')}\n`);
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--ignoreConfig'];
    const tsc = join(project, 'node_modules', 'typescript', 'bin', 'tsc');
    return await run(process.execPath, [tsc, ...options, join(dir, 'manifests.ts')]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
