import { Controller as HttpController } from '@tsmicro/network';
import type { NatsGroup } from './group.ts';

/** One feature of a microservice: its HTTP routes and its NATS endpoints. */
export abstract class Controller extends HttpController {
  /** Registers the NATS endpoints; a feature without any leaves this as it is. */
  mountNats(_group: NatsGroup): void {}
}
