import type { EventRecord } from '@tsmicro/dependency';
import {
  createQueryBuilder,
  type EventWriter,
  type Filter,
  type Mongo,
  ObjectId,
  type Outbox,
  type Page,
  type QueryBuilder,
  toUuidBinary,
  withoutOutbox,
} from '@tsmicro/mongo';
import { profileCollection } from '../profile/model.ts';
import { blogCollection, blogIndexes, itemProjection } from './collection.ts';
import type { Blog, BlogChange, BlogContent, BlogItem, PublishedBlog, ShownBlog } from './model.ts';

const newScore = 0.01;

/**
 * The blogs in MongoDB. Each write is one atomic step on one document whose filter demands the state that the
 * write needs, so that of concurrent writes one wins; the others, like those about a blog that is not there for
 * them, get undefined. The events that tell of a write are part of it. Nobody finds a deleted blog. A taken slug throws
 * the driver's error.
 */
export class BlogStore {
  readonly #blogs: QueryBuilder<Blog>;
  readonly #changes: EventWriter<Blog>;

  constructor(mongo: Mongo, events: Pick<Outbox, 'writer'>) {
    this.#blogs = createQueryBuilder<Blog>(mongo, blogCollection);
    this.#changes = events.writer<Blog>(blogCollection);
  }

  /** Makes the indexes that are not there yet. */
  async createIndexes(): Promise<void> {
    await this.#blogs.createIndexes(blogIndexes.map((index) => ({ ...index })));
  }

  /** Inserts a draft. */
  async insert(content: BlogContent, authorId: string): Promise<Blog> {
    const now = new Date();
    const author = toUuidBinary(authorId);
    const blog: Blog = {
      _id: new ObjectId(),
      ...content,
      author,
      score: newScore,
      submitted: false,
      drafted: true,
      published: false,
      status: true,
      createdBy: author,
      updatedBy: author,
      createdAt: now,
      updatedAt: now,
    };
    await this.#blogs.insertOne(blog);
    return blog;
  }

  async find(id: string): Promise<Blog | undefined> {
    return this.#blogs.findOne({ _id: new ObjectId(id), status: true }, { projection: withoutOutbox });
  }

  async findOwn(id: string, authorId: string): Promise<Blog | undefined> {
    return this.#blogs.findOne(own(id, authorId), { projection: withoutOutbox });
  }

  /** Whether readers see a blog with this id. */
  async isPublished(id: string): Promise<boolean> {
    const filter = { _id: new ObjectId(id), published: true, status: true };
    return (await this.#blogs.findOne(filter, { projection: { _id: 1 } })) !== undefined;
  }

  async findPublishedById(id: string): Promise<PublishedBlog | undefined> {
    return this.#findPublished({ _id: new ObjectId(id) });
  }

  async findPublishedBySlug(slug: string): Promise<PublishedBlog | undefined> {
    return this.#findPublished({ slug });
  }

  /** Changes what is given, and takes back a submission: editors publish nothing that they have not seen. */
  async update(id: string, authorId: string, content: Partial<BlogContent>): Promise<BlogChange | undefined> {
    return this.#change(own(id, authorId), { ...content, submitted: false }, authorId);
  }

  async delete(id: string, authorId: string, event: EventRecord): Promise<BlogChange | undefined> {
    return this.#change(own(id, authorId), { status: false }, authorId, event);
  }

  /** Submits, unless the blog is published and its draft is what readers see already. */
  async submit(id: string, authorId: string, event: EventRecord): Promise<BlogChange | undefined> {
    const news = { $or: [{ published: false }, { $expr: { $ne: ['$draftText', '$text'] } }] };
    const filter = { ...own(id, authorId), submitted: false, ...news };
    return this.#change(filter, { submitted: true }, authorId, event);
  }

  async withdraw(id: string, authorId: string): Promise<BlogChange | undefined> {
    return this.#change({ ...own(id, authorId), submitted: true }, { submitted: false }, authorId);
  }

  /** Publishes a submitted blog, if it still has the draft that was read. */
  async publish(
    blog: Blog,
    editorId: string,
    tell: (published: ShownBlog) => EventRecord,
  ): Promise<BlogChange | undefined> {
    const { _id, draftText, publishedAt } = blog;
    // Null also matches a field that is not there.
    const read = { draftText, publishedAt: publishedAt ?? null };
    const values = {
      text: draftText,
      publishedAt: publishedAt ?? new Date(),
      published: true,
      drafted: false,
      submitted: false,
    };
    const event = tell({ ...blog, ...values });
    return this.#change({ _id, status: true, submitted: true, ...read }, values, editorId, event);
  }

  async unpublish(id: string, editorId: string, event: EventRecord): Promise<BlogChange | undefined> {
    const filter = { _id: new ObjectId(id), status: true, published: true };
    const values = { published: false, drafted: true, submitted: false };
    return this.#change(filter, values, editorId, event);
  }

  /** Somebody's own blogs in one state, the last changed first. */
  async listOwn(
    authorId: string,
    state: 'drafted' | 'submitted' | 'published',
    page: Page,
  ): Promise<BlogItem[]> {
    const filter = { author: toUuidBinary(authorId), status: true, [state]: true };
    return this.#list(filter, { updatedAt: -1 }, page);
  }

  /** What waits for an editor, the last changed first. */
  async listSubmitted(page: Page): Promise<BlogItem[]> {
    return this.#list({ submitted: true, status: true }, { updatedAt: -1 }, page);
  }

  /** What is published, in the order in which readers see it. */
  async listPublished(page: Page): Promise<BlogItem[]> {
    return this.#list({ published: true, status: true }, { publishedAt: -1, score: -1 }, page);
  }

  /** Up to `limit` published blogs of an author: what their readers ask for them by. */
  async listKeysOf(authorId: string, limit: number): Promise<Pick<Blog, '_id' | 'slug'>[]> {
    const filter = { author: toUuidBinary(authorId), published: true, status: true };
    return this.#blogs.findAll(filter, { projection: { slug: 1 }, limit });
  }

  async #list(filter: Filter<Blog>, sort: Record<string, -1>, page: Page): Promise<BlogItem[]> {
    return this.#blogs.findPaginated(filter, page, { sort, projection: itemProjection });
  }

  async #findPublished(which: Filter<Blog>): Promise<PublishedBlog | undefined> {
    const join = { from: profileCollection, localField: 'author', foreignField: '_id', as: 'profiles' };
    const [found] = await this.#blogs.aggregate<PublishedBlog>([
      { $match: { ...which, published: true, status: true } },
      { $limit: 1 },
      { $lookup: join },
      { $project: { ...withoutOutbox, draftText: 0 } },
    ]);
    return found;
  }

  async #change(
    filter: Filter<Blog>,
    values: Partial<Blog>,
    by: string,
    ...events: readonly EventRecord[]
  ): Promise<BlogChange | undefined> {
    const set = { ...values, updatedBy: toUuidBinary(by), updatedAt: new Date() };
    const asBefore = { returnDocument: 'before' } as const;
    const before = await this.#changes.findOneAndUpdate(filter, { $set: set }, asBefore, ...events);
    return before && { before, after: { ...before, ...set } };
  }
}

function own(id: string, authorId: string) {
  return { _id: new ObjectId(id), author: toUuidBinary(authorId), status: true };
}
