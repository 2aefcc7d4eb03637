import type { User } from '@tsmicro/contracts-auth';
import type { MongoId, Pagination } from '@tsmicro/dto';
import { isDuplicateKey } from '@tsmicro/mongo';
import { badRequest, notFound } from '@tsmicro/network';
import { type ItemBlog, type PrivateBlog, toInfoAuthor, toItemBlog, toPrivateBlog } from '../blog/dto.ts';
import { deleted, submitted } from '../blog/event.ts';
import type { Blog } from '../blog/model.ts';
import type { BlogService } from '../blog/service.ts';
import { toSlug } from '../blog/slug.ts';
import type { BlogStore } from '../blog/store.ts';
import type { CreateBlog, UpdateBlog } from './dto.ts';

/** Which of one's own blogs a list shows. */
export type Shelf = 'drafted' | 'submitted' | 'published';

/** What authors do with their own blogs; those of others do not exist for them. */
export class AuthorService {
  readonly #store: BlogStore;
  readonly #blogs: BlogService;

  constructor(store: BlogStore, blogs: BlogService) {
    this.#store = store;
    this.#blogs = blogs;
  }

  /** @throws {ApiError} 400 when the slug is taken */
  async create(content: CreateBlog, author: User): Promise<PrivateBlog> {
    const slug = toSlug(content.slug);
    const blog = await refuseTakenSlug(slug, () => this.#store.insert({ ...content, slug }, author.id));
    return toPrivateBlog(blog, toInfoAuthor(author));
  }

  /** @throws {ApiError} 404; 400 when the slug is taken */
  async update({ _id, ...changes }: UpdateBlog, author: User): Promise<PrivateBlog> {
    const blog = await this.#get(_id, author);
    if (Object.keys(changes).length === 0) return toPrivateBlog(blog, toInfoAuthor(author));
    const content = changes.slug === undefined ? changes : { ...changes, slug: toSlug(changes.slug) };
    const change = await refuseTakenSlug(content.slug ?? blog.slug, () =>
      this.#blogs.change(blog, () => this.#store.update(_id, author.id, content)),
    );
    if (change === undefined) throw notFound('blog not found');
    return toPrivateBlog(change.after, toInfoAuthor(author));
  }

  /** @throws {ApiError} 404 */
  async get(id: MongoId, author: User): Promise<PrivateBlog> {
    return toPrivateBlog(await this.#get(id, author), toInfoAuthor(author));
  }

  /** @throws {ApiError} 404 */
  async delete(id: MongoId, author: User): Promise<void> {
    const blog = await this.#get(id, author);
    const change = await this.#blogs.change(blog, () => this.#store.delete(id, author.id, deleted(blog)));
    if (change === undefined) throw notFound('blog not found');
  }

  /** Hands a draft to the editors; once more changes nothing. @throws {ApiError} 404; 400 when it has nothing new */
  async submit(id: MongoId, author: User): Promise<void> {
    const event = submitted(await this.#get(id, author));
    if ((await this.#store.submit(id, author.id, event)) !== undefined) return;
    const blog = await this.#get(id, author);
    if (!blog.submitted) throw badRequest('blog is published and its draft has nothing new');
  }

  /** Takes a draft back from the editors; what is not with them stays as it is. @throws {ApiError} 404 */
  async withdraw(id: MongoId, author: User): Promise<void> {
    if ((await this.#store.withdraw(id, author.id)) === undefined) await this.#get(id, author);
  }

  async list(author: User, shelf: Shelf, page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listOwn(author.id, shelf, page)).map(toItemBlog);
  }

  async #get(id: MongoId, author: User): Promise<Blog> {
    const blog = await this.#store.findOwn(id, author.id);
    if (blog === undefined) throw notFound('blog not found');
    return blog;
  }
}

/** The unique index decides, so that of parallel writers of one slug one wins. */
async function refuseTakenSlug<T>(slug: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicateKey(error, 'slug')) throw error;
    throw badRequest(`Blog with slug: ${slug} already exists`, { cause: error });
  }
}
