import type { Controller, Module } from '@tsmicro/micro';
import { HealthController, type Readiness } from '@tsmicro/service';
import { RareStoneController } from './rare-stone/controller.ts';
import { RareStoneService } from './rare-stone/service.ts';
import { RareStoneStore } from './rare-stone/store.ts';

// #if postgres

import type { Postgres } from '@tsmicro/postgres';

// #elif mongo

// import type { Mongo } from '@tsmicro/mongo';

// #end

/** What the service is built on. */
export interface Connections {
  // #if postgres
  postgres: Postgres<unknown>;
  // #elif mongo
  // mongo: Mongo;
  // #end
  readiness: Readiness;
}

// #if mongo
// /** A store whose indexes are made at start-up. */
// interface IndexedStore {
//   createIndexes(): Promise<void>;
// }
//
// /** What a start-up job reaches by name. */
// export interface Instance {
//   stores: readonly IndexedStore[];
// }
//
// #end
/** Creates every part of the sample-room service. */
// #if postgres
export function createModule({ postgres, readiness }: Connections): Module<undefined> {
  // #elif mongo
  // export function createModule({ mongo, readiness }: Connections): Module<Instance> {
  // #else
  // export function createModule({ readiness }: Connections): Module<undefined> {
  // #end
  // #if postgres
  const rareStoneStore = new RareStoneStore(postgres);
  // #elif mongo
  // const rareStoneStore = new RareStoneStore(mongo);
  // const stores: readonly IndexedStore[] = [rareStoneStore];
  // #else
  // const rareStoneStore = new RareStoneStore();
  // #end
  const controllers: readonly Controller[] = [
    new HealthController(readiness),
    new RareStoneController(new RareStoneService(rareStoneStore)),
  ];
  return {
    // #if mongo
    // getInstance: () => ({ stores }),
    // #else
    getInstance: () => undefined,
    // #end
    controllers: () => controllers,
    rootMiddlewares: () => [],
  };
}
