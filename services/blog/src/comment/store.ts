import type { EventRecord } from '@tsmicro/dependency';
import {
  createQueryBuilder,
  type EventWriter,
  type Mongo,
  ObjectId,
  type Outbox,
  type Page,
  type QueryBuilder,
  withoutOutbox,
} from '@tsmicro/mongo';
import type { CommentPlace, StoredComment, WrittenComment } from './model.ts';

/** Where the comments are in MongoDB. */
export const commentCollection = 'comments';

/** What is gone stays for so long without text and author: far longer than its events wait, or a reply is written. */
const goneForSec = 30 * 24 * 60 * 60;

const commentIndexes = [
  { key: { blog: 1, parent: 1, goneAt: 1, createdAt: -1, _id: -1 } },
  { key: { goneAt: 1 }, expireAfterSeconds: goneForSec },
] as const;

/**
 * The comments in MongoDB. Each write is one atomic step on one document, the events that tell of it being part of it.
 * Replies are counted where they are shown, never in their parent: two documents are not changed as one.
 */
export class CommentStore {
  readonly #comments: QueryBuilder<StoredComment>;
  readonly #changes: EventWriter<StoredComment>;

  constructor(mongo: Mongo, events: Pick<Outbox, 'writer'>) {
    this.#comments = createQueryBuilder<StoredComment>(mongo, commentCollection);
    this.#changes = events.writer<StoredComment>(commentCollection);
  }

  /** Makes the indexes that are not there yet. */
  async createIndexes(): Promise<void> {
    await this.#comments.createIndexes(commentIndexes.map((index) => ({ ...index })));
  }

  async insert(comment: WrittenComment, event: EventRecord): Promise<void> {
    await this.#changes.insertOne(comment, event);
  }

  /** The comment with this id, whatever has become of it. */
  async find(id: string): Promise<StoredComment | undefined> {
    return this.#comments.findOne({ _id: new ObjectId(id) }, { projection: withoutOutbox });
  }

  /** What answers a blog, or a comment of it, the newest first; stubs of deleted ones that have replies among them. */
  async list(place: CommentPlace, hiddenToo: boolean, page: Page): Promise<StoredComment[]> {
    const filter = { ...place, goneAt: null, ...(hiddenToo ? {} : { hidden: false }) };
    const options = { sort: { createdAt: -1, _id: -1 }, projection: withoutOutbox } as const;
    return this.#comments.findPaginated(filter, page, options);
  }

  /** How many replies there are to those of these comments of a blog that have any, by their ids. */
  async countReplies(
    blog: ObjectId,
    parents: readonly ObjectId[],
    hiddenToo: boolean,
  ): Promise<Map<string, number>> {
    if (parents.length === 0) return new Map();
    const shown = { goneAt: null, ...(hiddenToo ? {} : { hidden: false }) };
    const counts = await this.#comments.aggregate<{ _id: ObjectId; count: number }>([
      { $match: { blog, parent: { $in: parents }, ...shown } },
      { $group: { _id: '$parent', count: { $sum: 1 } } },
    ]);
    return new Map(counts.map(({ _id, count }) => [_id.toHexString(), count]));
  }

  /** Gives a comment that readers see another text; undefined when there is none of this id. */
  async setText(_id: ObjectId, text: string): Promise<StoredComment | undefined> {
    const change = { $set: { text, edited: true, updatedAt: new Date() } };
    return this.#changes.findOneAndUpdate({ _id, deleted: false, hidden: false }, change, {});
  }

  /** False when the comment is deleted, or as it should be already. */
  async setHidden(_id: ObjectId, hidden: boolean, ...events: readonly EventRecord[]): Promise<boolean> {
    const filter = { _id, deleted: false, hidden: !hidden };
    return (await this.#changes.findOneAndUpdate(filter, { $set: { hidden } }, {}, ...events)) !== undefined;
  }

  /** Deletes a comment; what has no replies, since it is one itself, is gone then. False when it was deleted before. */
  async delete({ _id, parent }: StoredComment, event: EventRecord): Promise<boolean> {
    const now = new Date();
    const values = { deleted: true, updatedAt: now, ...(parent === null ? {} : { goneAt: now }) };
    const change = { $set: values, $unset: { text: '', author: '' } } as const;
    return (await this.#changes.findOneAndUpdate({ _id, deleted: false }, change, {}, event)) !== undefined;
  }

  /** Brings back a comment that has a reply by now. False when it was not gone. */
  async restore(_id: ObjectId): Promise<boolean> {
    const filter = { _id, goneAt: { $ne: null } };
    return (await this.#comments.updateOne(filter, { $set: { goneAt: null } })).matched > 0;
  }

  /**
   * A deleted comment is gone when it has no replies, and is there when it has some. Who changes that, looks again: the
   * last who looks after the last change of a reply leaves it right.
   */
  async settle(blog: ObjectId, _id: ObjectId): Promise<void> {
    let changed = true;
    while (changed)
      changed = (await this.#hasReply(blog, _id)) ? await this.restore(_id) : await this.#end(_id);
  }

  async #hasReply(blog: ObjectId, parent: ObjectId): Promise<boolean> {
    const filter = { blog, parent, goneAt: null };
    return (await this.#comments.findOne(filter, { projection: { _id: 1 } })) !== undefined;
  }

  async #end(_id: ObjectId): Promise<boolean> {
    const filter = { _id, deleted: true, goneAt: null };
    return (await this.#comments.updateOne(filter, { $set: { goneAt: new Date() } })).matched > 0;
  }
}
