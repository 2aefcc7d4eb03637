import { createQueryBuilder, type Mongo, ObjectId, type QueryBuilder } from '@tsmicro/mongo';
import type { NewRareStone, Page, RareStone } from './model.ts';

interface RareStoneDocument extends Omit<RareStone, 'id'> {
  _id: ObjectId;
}

const newestFirst = { createdAt: -1, _id: -1 } as const;

function toRareStone({ _id, ...rest }: RareStoneDocument): RareStone {
  return { id: _id.toHexString(), ...rest };
}

/** The collection `rareStones`. */
export class RareStoneStore {
  readonly #rareStones: QueryBuilder<RareStoneDocument>;

  constructor(mongo: Mongo) {
    this.#rareStones = createQueryBuilder<RareStoneDocument>(mongo, 'rareStones');
  }

  /** Makes the indexes that are not there yet. */
  async createIndexes(): Promise<void> {
    await this.#rareStones.createIndexes([{ key: newestFirst }]);
  }

  async insert(content: NewRareStone): Promise<RareStone> {
    const document = { _id: new ObjectId(), ...content, createdAt: new Date() };
    await this.#rareStones.insertOne(document);
    return toRareStone(document);
  }

  async find(id: string): Promise<RareStone | undefined> {
    const found = await this.#rareStones.findOne({ _id: new ObjectId(id) });
    return found && toRareStone(found);
  }

  /** The newest first. */
  async list(page: Page): Promise<RareStone[]> {
    return (await this.#rareStones.findPaginated({}, page, { sort: newestFirst })).map(toRareStone);
  }

  /** Whether there was one. */
  async delete(id: string): Promise<boolean> {
    return (await this.#rareStones.deleteOne({ _id: new ObjectId(id) })) > 0;
  }
}
