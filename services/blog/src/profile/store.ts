import {
  createQueryBuilder,
  fromUuidBinary,
  type Mongo,
  type QueryBuilder,
  toUuidBinary,
} from '@tsmicro/mongo';
import { type Profile, profileCollection, type StoredProfile } from './model.ts';

const never = new Date(0);

/** The profiles in MongoDB. */
export class ProfileStore {
  readonly #profiles: QueryBuilder<StoredProfile>;

  constructor(mongo: Mongo) {
    this.#profiles = createQueryBuilder<StoredProfile>(mongo, profileCollection);
  }

  /** Those that are known; none is there twice. */
  async find(ids: readonly string[]): Promise<Profile[]> {
    const found = await this.#profiles.findAll({ _id: { $in: ids.map(toUuidBinary) } });
    return found.map(toProfile);
  }

  /** Takes down what an event of this time told, unless a later one has told something already. */
  async put(profile: Profile, updatedAt: Date): Promise<void> {
    const { id, name, profilePicUrl } = profile;
    const told = { name, updatedAt };
    const update =
      profilePicUrl === undefined
        ? { $set: told, $unset: { profilePicUrl: '' as const } }
        : { $set: { ...told, profilePicUrl } };
    // First that it is there: an upsert whose filter demands more than the id would try to insert it twice.
    await this.add(profile);
    await this.#profiles.updateOne({ _id: toUuidBinary(id), updatedAt: { $lt: updatedAt } }, update);
  }

  /** Takes down what was asked for, unless something is known by now. */
  async add({ id, ...profile }: Profile): Promise<void> {
    const document = { ...profile, updatedAt: never };
    await this.#profiles.updateOne({ _id: toUuidBinary(id) }, { $setOnInsert: document }, { upsert: true });
  }
}

/** The profile in a document. */
export function toProfile({ _id, name, profilePicUrl }: StoredProfile): Profile {
  return { id: fromUuidBinary(_id), name, ...(profilePicUrl ? { profilePicUrl } : {}) };
}
