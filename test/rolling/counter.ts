import { Controller, defineEndpoint, type NatsGroup } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';

/** What is done once. */
export const Deed = Type.Object({ id: Type.String() });

/** Does a deed that is asked for over NATS. */
export const countDeed = defineEndpoint({
  service: 'counter',
  path: '/deed',
  name: 'count',
  summary: 'Does a deed',
  request: Deed,
  reply: Deed,
});

/** A feature that tells whoever started the process of every deed, before it answers. */
export class CounterController extends Controller {
  constructor() {
    super('/deed');
  }

  override mountRoutes(routes: Routes): void {
    routes.get('/none', { summary: 'Does nothing', data: Deed }, () => ({ id: 'none' }));
    routes.get(
      '/never',
      { summary: 'Gets never done', data: Deed },
      () => new Promise<Deed>(() => undefined),
    );
    routes.post('/', { summary: 'Does a deed', body: Deed, data: Deed }, ({ body }) => this.#do(body));
  }

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(countDeed, (deed) => this.#do(deed));
  }

  #do(deed: Deed): Promise<Deed> {
    return new Promise((resolve, reject) =>
      process.send?.(deed.id, (error: Error | null) => (error === null ? resolve(deed) : reject(error))),
    );
  }
}

export type Deed = Type.Static<typeof Deed>;
