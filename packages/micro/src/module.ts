import type { Module as HttpModule } from '@tsmicro/network';
import type { Controller } from './controller.ts';

/** The composition root of a microservice. */
export type Module<Instance> = HttpModule<Instance, Controller>;
