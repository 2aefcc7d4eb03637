import type { User } from '@tsmicro/contracts-auth';
import type { MongoId, Pagination } from '@tsmicro/dto';
import { badRequest, notFound } from '@tsmicro/network';
import { type ItemBlog, type PrivateBlog, toItemBlog, toPrivateBlog } from '../blog/dto.ts';
import { published, unpublished } from '../blog/event.ts';
import type { Blog } from '../blog/model.ts';
import type { BlogService } from '../blog/service.ts';
import type { BlogStore } from '../blog/store.ts';

/** What editors do with everybody's blogs. */
export class EditorService {
  readonly #store: BlogStore;
  readonly #blogs: BlogService;

  constructor(store: BlogStore, blogs: BlogService) {
    this.#store = store;
    this.#blogs = blogs;
  }

  /** @throws {ApiError} 404 */
  async get(id: MongoId): Promise<PrivateBlog> {
    const blog = await this.#get(id);
    return toPrivateBlog(blog, await this.#blogs.getAuthor(blog));
  }

  /** Shows readers the draft that was submitted, also in place of an older text. @throws {ApiError} 404; 400 */
  async publish(id: MongoId, editor: User): Promise<void> {
    const blog = await this.#get(id);
    const change = await this.#blogs.change(blog, () => this.#store.publish(blog, editor.id, published));
    if (change === undefined) throw badRequest('blog is not submitted');
  }

  /** Takes a blog away from readers; its author has it as a draft again. @throws {ApiError} 404; 400 */
  async unpublish(id: MongoId, editor: User): Promise<void> {
    const blog = await this.#get(id);
    const change = await this.#blogs.change(blog, () =>
      this.#store.unpublish(id, editor.id, unpublished(blog)),
    );
    if (change === undefined) throw badRequest('blog is not published');
  }

  async listSubmitted(page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listSubmitted(page)).map(toItemBlog);
  }

  async listPublished(page: Pagination): Promise<ItemBlog[]> {
    return (await this.#store.listPublished(page)).map(toItemBlog);
  }

  async #get(id: MongoId): Promise<Blog> {
    const blog = await this.#store.find(id);
    if (blog === undefined) throw notFound('blog not found');
    return blog;
  }
}
