import type { Api } from '@tsmicro/web';
import { ItemBlogs, PrivateBlog } from '../blog.ts';
import type { Content } from './draft.ts';
import type { Shelf } from './shelf.ts';

const perPage = 10;
const mostListed = 1_000;

/** What an author asks of the gateway about the articles that are the author's own. */
export class AuthorClient {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async get(id: string): Promise<PrivateBlog> {
    return this.#api.get(`/blog/author/id/${encodeURIComponent(id)}`, PrivateBlog);
  }

  async create(content: Content): Promise<PrivateBlog> {
    return (await this.#api.post('/blog/author', content, PrivateBlog)).data;
  }

  async change(id: string, changes: Partial<Content>): Promise<PrivateBlog> {
    return (await this.#api.put('/blog/author', { _id: id, ...changes }, PrivateBlog)).data;
  }

  async submit(id: string): Promise<void> {
    await this.#api.put(`/blog/author/submit/id/${encodeURIComponent(id)}`);
  }

  async withdraw(id: string): Promise<void> {
    await this.#api.put(`/blog/author/withdraw/id/${encodeURIComponent(id)}`);
  }

  async delete(id: string): Promise<void> {
    await this.#api.delete(`/blog/author/id/${encodeURIComponent(id)}`);
  }

  /** A page of a list, and which of all the author's articles stand in the other two: items do not say their state. */
  async list(shelf: Shelf, page: number) {
    const [blogs, submitted, published] = await Promise.all([
      this.#page(shelf, page, perPage),
      shelf === 'submitted' ? [] : this.#page('submitted', 1, mostListed),
      shelf === 'published' ? [] : this.#page('published', 1, mostListed),
    ]);
    const ids = (of: readonly { _id: string }[]) => new Set(of.map(({ _id }) => _id));
    return {
      shelf,
      page,
      blogs,
      more: blogs.length === perPage,
      submitted: ids(submitted),
      published: ids(published),
    };
  }

  async #page(shelf: Shelf, page: number, limit: number) {
    return this.#api.get(`/blog/author/${shelf}`, ItemBlogs, { page, limit });
  }
}
