import type { Manifest, Project } from '../project.ts';

/** A package.json as npm writes it. */
export function printManifest(manifest: object): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function inOrder(dependencies: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds the packages that are not named yet; what is named keeps its version. */
export function addDependencies(
  text: string,
  dependencies: Readonly<Record<string, string>>,
  devDependencies: Readonly<Record<string, string>>,
): string {
  const manifest = JSON.parse(text) as Manifest;
  const merged = inOrder({ ...dependencies, ...manifest.dependencies });
  const rest = Object.entries(devDependencies).filter(([name]) => !(name in merged));
  return printManifest({
    ...manifest,
    dependencies: merged,
    devDependencies: inOrder({ ...Object.fromEntries(rest), ...manifest.devDependencies }),
  });
}

/** The package.json of a contract. */
export function contractManifest(project: Project, service: string): string {
  return printManifest({
    name: `@tsmicro/contracts-${service}`,
    version: '0.1.0',
    description: `What the ${service} service offers other services`,
    license: 'Apache-2.0',
    type: 'module',
    exports: { '.': './src/index.ts' },
    dependencies: project.dependencies('@tsmicro/dto', '@tsmicro/micro', '@tsmicro/schema'),
  });
}
