import type { Pagination, Uuid } from '@tsmicro/dto';
import { notFound } from '@tsmicro/network';
import type { RareStone } from '#contract';
import { type CreateRareStone, toRareStone } from './dto.ts';
import type { RareStoneStore } from './store.ts';

/** What can be done with rare stones. */
export class RareStoneService {
  readonly #store: RareStoneStore;

  constructor(store: RareStoneStore) {
    this.#store = store;
  }

  async create(content: CreateRareStone): Promise<RareStone> {
    return toRareStone(await this.#store.insert(content));
  }

  /** @throws {ApiError} 404 */
  async get(id: Uuid): Promise<RareStone> {
    const found = await this.#store.find(id);
    if (found === undefined) throw notFound('rare stone not found');
    return toRareStone(found);
  }

  /** The newest first. */
  async list(page: Pagination): Promise<RareStone[]> {
    return (await this.#store.list(page)).map(toRareStone);
  }

  /** @throws {ApiError} 404 */
  async delete(id: Uuid): Promise<void> {
    if (!(await this.#store.delete(id))) throw notFound('rare stone not found');
  }
}
