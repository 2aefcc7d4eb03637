import {
  createQueryBuilder,
  type Filter,
  type Mongo,
  ObjectId,
  type Page,
  type QueryBuilder,
  toUuidBinary,
} from '@tsmicro/mongo';
import { blogCollection, blogIndexes, itemProjection } from './collection.ts';
import type { Blog, BlogChange, BlogContent, BlogItem, PublishedBlog } from './model.ts';

const newScore = 0.01;

/**
 * The blogs in MongoDB. Each write is one atomic step on one document whose filter demands the state that the
 * write needs, so that of concurrent writes one wins; the others, like those about a blog that is not there for
 * them, get undefined. Nobody finds a deleted blog. A taken slug throws the driver's error.
 */
export class BlogStore {
  readonly #blogs: QueryBuilder<Blog>;

  constructor(mongo: Mongo) {
    this.#blogs = createQueryBuilder<Blog>(mongo, blogCollection);
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
    return this.#blogs.findOne({ _id: new ObjectId(id), status: true });
  }

  async findOwn(id: string, authorId: string): Promise<Blog | undefined> {
    return this.#blogs.findOne(own(id, authorId));
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

  async delete(id: string, authorId: string): Promise<BlogChange | undefined> {
    return this.#change(own(id, authorId), { status: false }, authorId);
  }

  /** Submits, unless the blog is published and its draft is what readers see already. */
  async submit(id: string, authorId: string): Promise<BlogChange | undefined> {
    const news = { $or: [{ published: false }, { $expr: { $ne: ['$draftText', '$text'] } }] };
    return this.#change({ ...own(id, authorId), submitted: false, ...news }, { submitted: true }, authorId);
  }

  async withdraw(id: string, authorId: string): Promise<BlogChange | undefined> {
    return this.#change({ ...own(id, authorId), submitted: true }, { submitted: false }, authorId);
  }

  /** Publishes a submitted blog, if it still has the draft that was read. */
  async publish({ _id, draftText, publishedAt }: Blog, editorId: string): Promise<BlogChange | undefined> {
    // Null also matches a field that is not there.
    const read = { draftText, publishedAt: publishedAt ?? null };
    const values = {
      text: draftText,
      publishedAt: publishedAt ?? new Date(),
      published: true,
      drafted: false,
      submitted: false,
    };
    return this.#change({ _id, status: true, submitted: true, ...read }, values, editorId);
  }

  async unpublish(id: string, editorId: string): Promise<BlogChange | undefined> {
    const filter = { _id: new ObjectId(id), status: true, published: true };
    return this.#change(filter, { published: false, drafted: true, submitted: false }, editorId);
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

  async #list(filter: Filter<Blog>, sort: Record<string, -1>, page: Page): Promise<BlogItem[]> {
    return this.#blogs.findPaginated(filter, page, { sort, projection: itemProjection });
  }

  async #findPublished(which: Filter<Blog>): Promise<PublishedBlog | undefined> {
    const filter = { ...which, published: true, status: true };
    return this.#blogs.findOne(filter, { projection: { draftText: 0 } });
  }

  async #change(filter: Filter<Blog>, values: Partial<Blog>, by: string): Promise<BlogChange | undefined> {
    const set = { ...values, updatedBy: toUuidBinary(by), updatedAt: new Date() };
    const before = await this.#blogs.findOneAndUpdate(filter, { $set: set }, { returnDocument: 'before' });
    return before && { before, after: { ...before, ...set } };
  }
}

function own(id: string, authorId: string) {
  return { _id: new ObjectId(id), author: toUuidBinary(authorId), status: true };
}
