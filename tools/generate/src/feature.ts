import { globSync } from 'node:fs';
import type { ChangeSet } from './change-set.ts';
import { addArrows, addToTree } from './edit/law.ts';
import { contractManifest } from './edit/manifest.ts';
import type { Project, Store } from './project.ts';
import { type Filling, render } from './template.ts';

/** The rooms that a feature imports. */
export function roomsOf(service: string, store: Store): string[] {
  const driver = store === 'none' ? [] : [`packages/${store}`];
  return [
    `contracts/${service}`,
    'packages/schema',
    'packages/network',
    'packages/micro',
    ...driver,
    'packages/dto',
  ];
}

/** The packages of these rooms. */
export function packagesOf(rooms: readonly string[]): string[] {
  return rooms.map((room) => `@tsmicro/${room.replace('contracts/', 'contracts-').replace('packages/', '')}`);
}

/** 0003 when the last migration is 0002. */
function nextMigration(project: Project, service: string): string {
  const files = globSync(`services/${service}/migrations/*.up.sql`, { cwd: project.root });
  const numbers = files.map((file) => Number(/\/(\d+)_[^/]*$/.exec(file)?.[1] ?? 0));
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0');
}

/** The contract of a feature: a file of its own, behind the door that all of the service's have in common. */
function addContract(changes: ChangeSet, project: Project, filling: Filling): void {
  const { service, feature } = filling;
  const folder = `contracts/${service.kebab}`;
  const door = render('contract/src/index.ts', filling);
  if (project.manifest(folder) === undefined) {
    changes.create(`${folder}/package.json`, contractManifest(project, service.kebab));
    changes.create(`${folder}/src/index.ts`, door);
    changes.edit('docs/architecture.md', (page) => {
      const grown = addArrows(page, folder, ['packages/schema', 'packages/micro', 'packages/dto']);
      return addToTree(
        grown,
        'contracts',
        service.kebab,
        `what the ${service.kebab} service answers over NATS`,
      );
    });
  } else changes.edit(`${folder}/src/index.ts`, (text) => text + door);
  changes.create(`${folder}/src/${feature.kebab}.ts`, render('contract/src/rare-stone.ts', filling));
}

/** Writes a feature: contract, controller, service, store, shapes, migration and test. Its wiring is for the caller. */
export function addFeature(changes: ChangeSet, project: Project, filling: Filling): void {
  const { service, feature, store } = filling;
  const folder = `services/${service.kebab}`;
  addContract(changes, project, filling);
  for (const role of ['controller', 'service', 'dto', 'model']) {
    const text = render(`service/src/rare-stone/${role}.ts`, filling);
    changes.create(`${folder}/src/${feature.kebab}/${role}.ts`, text);
  }
  const variant = store === 'postgres' ? 'store.ts' : `store-${store}.ts`;
  changes.create(
    `${folder}/src/${feature.kebab}/store.ts`,
    render(`service/src/rare-stone/${variant}`, filling),
  );
  if (store === 'postgres') {
    const number = nextMigration(project, service.kebab);
    for (const way of ['up', 'down']) {
      const file = `${folder}/migrations/${number}_${feature.kebab.replaceAll('-', '_')}.${way}.sql`;
      changes.create(file, render(`service/migrations/rare-stone.${way}.sql`, filling));
    }
  }
  const fixture = `${folder}/test/service-fixture.ts`;
  if (!project.has(fixture)) changes.create(fixture, render('service/test/service-fixture.ts', filling));
  changes.create(
    `${folder}/test/${feature.kebab}.test.ts`,
    render('service/test/rare-stone.test.ts', filling),
  );
}
