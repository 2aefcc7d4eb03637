import { randomUUID } from 'node:crypto';
import type { User } from '@tsmicro/contracts-auth';
import type { ItemBlog, PrivateBlog, PublicBlog } from '../src/blog/dto.ts';

/** An answer in the envelope. */
export interface Answer<T = unknown> {
  code: string;
  status: number;
  message: string;
  data: T;
  requestId?: string;
}

/** What a test may say of a new blog; the rest is made up. */
export interface Draft {
  title?: string;
  description?: string;
  draftText?: string;
  slug?: string;
  imgUrl?: string;
  tags?: string[];
}

/** A client of the blog service for one caller. */
export class BlogClient {
  readonly address: string;
  readonly #authorization: string | undefined;
  readonly #user: User | undefined;

  constructor(address: string, account?: { authorization: string; user: User }) {
    this.address = address;
    this.#authorization = account?.authorization;
    this.#user = account?.user;
  }

  /** The same caller at another instance. */
  at(address: string): BlogClient {
    const account =
      this.#user && this.#authorization
        ? { authorization: this.#authorization, user: this.#user }
        : undefined;
    return new BlogClient(address, account);
  }

  get user(): User {
    if (this.#user === undefined) throw new Error('this client is nobody');
    return this.#user;
  }

  get authorization(): string {
    return this.#authorization ?? '';
  }

  /** Asks, and insists on an envelope whose status is the response's. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(this.address + path, {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: {
        ...(this.#authorization ? { authorization: this.#authorization } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Answer<T>;
    if (answer.status !== response.status) throw new Error(`${response.status} is not ${answer.status}`);
    return answer;
  }

  get<T = unknown>(path: string): Promise<Answer<T>> {
    return this.call<T>('GET', path);
  }

  put<T = unknown>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.call<T>('PUT', path, body);
  }

  read(id: string): Promise<Answer<PublicBlog>> {
    return this.get(`/id/${id}`);
  }

  readSlug(slug: string): Promise<Answer<PublicBlog>> {
    return this.get(`/slug/${encodeURIComponent(slug)}`);
  }

  list(path: string): Promise<Answer<ItemBlog[]>> {
    return this.get(path);
  }

  /** Writes a new blog. @throws Error when that is refused */
  async create(draft: Draft = {}): Promise<PrivateBlog> {
    const answer = await this.call<PrivateBlog>('POST', '/author', createDraft(draft));
    return expectOk(answer).data;
  }

  /** Submits a blog and has it published by `editor`. */
  async publish(id: string, editor: BlogClient): Promise<void> {
    expectOk(await this.put(`/author/submit/id/${id}`));
    expectOk(await editor.put(`/editor/publish/id/${id}`));
  }

  /** A new blog that readers see. */
  async createPublished(editor: BlogClient, draft: Draft = {}): Promise<PrivateBlog> {
    const blog = await this.create(draft);
    await this.publish(blog._id, editor);
    return blog;
  }
}

/** A body for POST /author. */
export function createDraft(draft: Draft = {}) {
  const mark = randomUUID();
  return {
    title: `Title ${mark}`,
    description: `Description ${mark}`,
    draftText: `Text ${mark}`,
    slug: `slug-${mark}`,
    imgUrl: 'https://example.com/picture.png',
    tags: ['GO', 'TYPESCRIPT'],
    ...draft,
  };
}

/** The answer, which has to be a success. */
export function expectOk<T>(answer: Answer<T>): Answer<T> {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.message}`);
  return answer;
}
