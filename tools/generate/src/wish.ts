import { ChangeSet } from './change-set.ts';
import { addRoute, kongFiles } from './edit/kong.ts';
import { addArrows, addFloors, addToLowestFloor, addToTree } from './edit/law.ts';
import { addDependencies, printManifest } from './edit/manifest.ts';
import { addToModule } from './edit/module.ts';
import { GenerateError } from './errors.ts';
import { addFeature, packagesOf, roomsOf } from './feature.ts';
import { objectionToFeature, objectionToService, toNames } from './name.ts';
import type { Project, Store } from './project.ts';
import { render } from './template.ts';

/** A new service with a first feature. */
export interface ServiceWish {
  readonly kind: 'service';
  readonly service: string;
  readonly feature: string;
  readonly store: Store;
  readonly port: number;
}

/** A further feature of a service that is there. */
export interface FeatureWish {
  readonly kind: 'feature';
  readonly service: string;
  readonly feature: string;
}

export type Wish = ServiceWish | FeatureWish;

const metricsOffset = 1_100;
const highestPort = 65_535 - metricsOffset;

/** Why this service cannot be made here; undefined when it can. */
export function objectionToNewService(project: Project, name: string): string | undefined {
  const objection = objectionToService(name);
  if (objection !== undefined) return objection;
  for (const taken of [`@tsmicro/${name}`, `@tsmicro/contracts-${name}`]) {
    const folder = project.packages().get(taken);
    if (folder !== undefined) return `"${name}" is taken: ${folder} is called ${taken}`;
  }
  return project.has(`services/${name}`) ? `"${name}" is taken: there is services/${name}` : undefined;
}

/** Why this service cannot have such a feature; undefined when it can. */
export function objectionToNewFeature(project: Project, service: string, name: string): string | undefined {
  const objection = objectionToFeature(name);
  if (objection !== undefined) return objection;
  const taken = [`services/${service}/src/${name}`, `contracts/${service}/src/${name}.ts`].find((path) =>
    project.has(path),
  );
  return taken === undefined ? undefined : `"${name}" is taken: there is ${taken}`;
}

/** Why no service can listen there; undefined when one can. */
export function objectionToPort(project: Project, port: number): string | undefined {
  if (!Number.isInteger(port) || port < 1_024 || port > highestPort)
    return `no port for a service: a number from 1024 to ${highestPort}`;
  const owner = project.ports().get(port) ?? (port === 8_000 ? 'gateway' : undefined);
  return owner === undefined ? undefined : `port ${port} belongs to ${owner}`;
}

function insist(...objections: (string | undefined)[]): void {
  const found = new Set(objections.filter((objection) => objection !== undefined));
  if (found.size > 0) throw new GenerateError([...found].join('\n'));
}

function planService(project: Project, { service, feature, store, port }: ServiceWish): ChangeSet {
  insist(
    objectionToNewService(project, service),
    objectionToNewFeature(project, service, feature),
    objectionToPort(project, port),
  );
  const changes = new ChangeSet(project);
  const kinds = new Set<string>([store]);
  const names = { service: toNames(service), feature: toNames(feature) };
  const filling = { ...names, kinds, store, port, metricsPort: port + metricsOffset };
  const folder = `services/${service}`;
  addFeature(changes, project, filling);
  for (const file of ['main', 'server', 'module', 'config'])
    changes.create(`${folder}/src/${file}.ts`, render(`service/src/${file}.ts`, filling));
  changes.create(`${folder}/test/health.test.ts`, render('service/test/health.test.ts', filling));
  const [contract = '', schema = '', ...others] = roomsOf(service, store);
  const waiting = store === 'none' ? [] : ['packages/dependency'];
  const rooms = [contract, schema, ...waiting, ...others, 'packages/service'];
  const packages = packagesOf(rooms).filter((name) => name !== `@tsmicro/contracts-${service}`);
  changes.create(
    `${folder}/package.json`,
    printManifest({
      name: `@tsmicro/${service}`,
      version: '0.1.0',
      private: true,
      license: 'Apache-2.0',
      type: 'module',
      tsmicro: { port, needs: store === 'none' ? [] : [store] },
      dependencies: {
        [`@tsmicro/contracts-${service}`]: '0.1.0',
        ...project.dependencies(...packages),
      },
      devDependencies: project.dependencies('@tsmicro/stack', 'pino'),
    }),
  );
  for (const file of kongFiles) changes.edit(file, (text) => addRoute(text, service, file));
  changes.edit('docs/architecture.md', (page) => {
    const keeper = { postgres: ': PostgreSQL', mongo: ': MongoDB', none: '' }[store];
    const drawn = addToTree(page, 'services', service, `${filling.feature.wordsPlural}${keeper}`);
    return addFloors(addArrows(drawn, folder, rooms), service, feature);
  });
  return changes;
}

function planFeature(project: Project, { service, feature }: FeatureWish): ChangeSet {
  const needs = project.needsOf(service);
  insist(objectionToNewFeature(project, service, feature));
  const store: Store = needs.includes('postgres') ? 'postgres' : needs.includes('mongo') ? 'mongo' : 'none';
  const names = { service: toNames(service), feature: toNames(feature) };
  const filling = { ...names, kinds: new Set([store, ...needs]), store, port: 0, metricsPort: 0 };
  const folder = `services/${service}`;
  const changes = new ChangeSet(project);
  const module = `${folder}/src/module.ts`;
  // What can be refused comes first.
  changes.edit(module, (text) => addToModule(text, filling.feature, store, module));
  addFeature(changes, project, filling);
  const rooms = roomsOf(service, store);
  const contract = `@tsmicro/contracts-${service}`;
  const packages = packagesOf(rooms).filter((name) => name !== contract);
  changes.edit(`${folder}/package.json`, (text) =>
    addDependencies(
      text,
      { [contract]: '0.1.0', ...project.dependencies(...packages) },
      project.dependencies('@tsmicro/stack', 'pino'),
    ),
  );
  changes.edit('docs/architecture.md', (page) =>
    addToLowestFloor(addArrows(page, folder, rooms), service, feature),
  );
  return changes;
}

/** Everything that fulfils a wish, not written yet. @throws {GenerateError} when it cannot be fulfilled */
export function plan(project: Project, wish: Wish): ChangeSet {
  return wish.kind === 'service' ? planService(project, wish) : planFeature(project, wish);
}
