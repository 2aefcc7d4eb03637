import { Pagination, UuidParam } from '@tsmicro/dto';
import { Controller, type NatsGroup } from '@tsmicro/micro';
import { type Routes, reply } from '@tsmicro/network';
import { Type } from '@tsmicro/schema';
import { RareStone, rareStoneById } from '#contract';
import { CreateRareStone } from './dto.ts';
import type { RareStoneService } from './service.ts';

/** Rare stones, over HTTP for clients and over NATS for other services. */
export class RareStoneController extends Controller {
  readonly #service: RareStoneService;

  constructor(service: RareStoneService) {
    super('/rare-stone');
    this.#service = service;
  }

  override mountRoutes(routes: Routes): void {
    routes.post(
      '/',
      { summary: 'Create a rare stone', body: CreateRareStone, data: RareStone },
      async ({ body }) => reply('rare stone created successfully', await this.#service.create(body)),
    );
    routes.get(
      '/',
      { summary: 'Rare stones, the newest first', query: Pagination, data: Type.Array(RareStone) },
      ({ query }) => this.#service.list(query),
    );
    const one = { params: UuidParam, errors: { 404: 'rare stone not found' } };
    routes.get('/id/:id', { ...one, summary: 'A rare stone by its id', data: RareStone }, ({ params }) =>
      this.#service.get(params.id),
    );
    routes.delete('/id/:id', { ...one, summary: 'Delete a rare stone' }, async ({ params }) => {
      await this.#service.delete(params.id);
      return reply('rare stone deleted successfully');
    });
  }

  override mountNats(group: NatsGroup): void {
    group.addEndpoint(rareStoneById, ({ id }) => this.#service.get(id));
  }
}
