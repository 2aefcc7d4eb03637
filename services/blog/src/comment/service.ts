import { RoleCode, type User } from '@tsmicro/contracts-auth';
import type { MongoId } from '@tsmicro/dto';
import { fromUuidBinary, ObjectId, toUuidBinary } from '@tsmicro/mongo';
import { ApiError, badRequest, forbidden, notFound } from '@tsmicro/network';
import { toInfoAuthor } from '../blog/dto.ts';
import type { BlogStore } from '../blog/store.ts';
import type { Caller } from '../identity/caller.ts';
import type { IdentityService } from '../identity/service.ts';
import type { ProfileService } from '../profile/service.ts';
import { type Comment, type CommentQuery, type CreateComment, toComment } from './dto.ts';
import { created, deleted, hidden } from './event.ts';
import { isWritten, type StoredComment, type WrittenComment } from './model.ts';
import type { CommentStore } from './store.ts';

/** What a comment service is made of. */
export interface CommentParts {
  store: CommentStore;
  blogs: BlogStore;
  profiles: ProfileService;
  identity: IdentityService;
}

/** What people say about blogs. Comments are read and written only while their blog is published. */
export class CommentService {
  readonly #store: CommentStore;
  readonly #blogs: BlogStore;
  readonly #profiles: ProfileService;
  readonly #identity: IdentityService;

  constructor({ store, blogs, profiles, identity }: CommentParts) {
    this.#store = store;
    this.#blogs = blogs;
    this.#profiles = profiles;
    this.#identity = identity;
  }

  /** What answers a blog, or with `parent` a comment, the newest first. @throws {ApiError} 404 */
  async list(id: MongoId, { parent, ...page }: CommentQuery, hiddenToo: boolean): Promise<Comment[]> {
    await this.#checkBlog(id);
    const blog = new ObjectId(id);
    const answered = parent === undefined ? undefined : await this.#getParent(blog, parent, hiddenToo);
    const found = await this.#store.list({ blog, parent: answered?._id ?? null }, hiddenToo, page);
    // A reply has none.
    const counted = answered === undefined ? found.map(({ _id }) => _id) : [];
    const replies = await this.#store.countReplies(blog, counted, hiddenToo);
    const authors = found.flatMap(({ author }) => (author === undefined ? [] : fromUuidBinary(author)));
    const profiles = await this.#profiles.find(authors);
    return found.map((comment) => {
      const count = replies.get(comment._id.toHexString()) ?? 0;
      if (comment.author === undefined) return toComment(comment, undefined, count);
      const author = fromUuidBinary(comment.author);
      return toComment(comment, toInfoAuthor(profiles.get(author) ?? { id: author, name: 'unknown' }), count);
    });
  }

  /** @throws {ApiError} 404 for the blog, or the comment that it answers; 400 when that is a reply itself */
  async create(id: MongoId, { text, parent }: CreateComment, user: User): Promise<Comment> {
    await this.#checkBlog(id);
    const blog = new ObjectId(id);
    const answered = parent === undefined ? undefined : await this.#getParent(blog, parent, false);
    if (answered?.deleted) throw commentAbsent();
    if (answered && answered.parent !== null) throw badRequest('a reply cannot be replied to');
    // Asked for before there is a comment: readers then need nobody for the name.
    const profile = (await this.#profiles.find([user.id])).get(user.id) ?? user;
    const now = new Date();
    const comment: WrittenComment = {
      _id: new ObjectId(),
      blog,
      parent: answered?._id ?? null,
      text,
      author: toUuidBinary(user.id),
      hidden: false,
      edited: false,
      deleted: false,
      goneAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.#store.insert(comment, created(comment));
    // Who deleted the parent meanwhile may not have seen the reply.
    if (answered && (await this.#store.restore(answered._id))) await this.#store.settle(blog, answered._id);
    return toComment(comment, toInfoAuthor(profile), 0);
  }

  /** Gives one's own comment another text. @throws {ApiError} 404; 403 when it is another's */
  async edit(id: MongoId, text: string, user: User): Promise<Comment> {
    const comment = await this.#store.find(id);
    if (comment === undefined || !isWritten(comment) || comment.hidden) throw commentAbsent();
    if (!isBy(user, comment)) throw forbidden('only its author may change a comment');
    const { _id, blog } = comment;
    if (!(await this.#blogs.isPublished(blog.toHexString()))) throw commentAbsent();
    const changed = await this.#store.setText(_id, text);
    if (changed === undefined) throw commentAbsent();
    const replies = await this.#store.countReplies(blog, [_id], false);
    return toComment(changed, toInfoAuthor(user), replies.get(_id.toHexString()) ?? 0);
  }

  /**
   * Deletes one's own comment, or as an editor any. With replies it stays as a stub; the last of them takes it along.
   * What a call that never answered left half-way is completed by the next, which finds nothing (404).
   * @throws {ApiError} 404; 403 for another's
   */
  async delete(id: MongoId, caller: Caller): Promise<void> {
    const comment = await this.#store.find(id);
    if (comment === undefined) throw commentAbsent();
    let done = false;
    if (isWritten(comment)) {
      await this.#admit(comment, caller);
      done = await this.#store.delete(comment, deleted(comment));
    }
    await this.#store.settle(comment.blog, comment.parent ?? comment._id);
    if (!done) throw commentAbsent();
  }

  /** Leaves a comment to editors, or gives it back to all; once more changes nothing. @throws {ApiError} 404 */
  async setHidden(id: MongoId, value: boolean): Promise<void> {
    const comment = await this.#store.find(id);
    if (comment === undefined || !isWritten(comment)) throw commentAbsent();
    const events = value ? [hidden(comment)] : [];
    if (await this.#store.setHidden(comment._id, value, ...events)) return;
    const now = await this.#store.find(id);
    if (now === undefined || !isWritten(now)) throw commentAbsent();
  }

  async #checkBlog(id: MongoId): Promise<void> {
    if (!(await this.#blogs.isPublished(id))) throw notFound('blog not found');
  }

  async #getParent(blog: ObjectId, id: MongoId, hiddenToo: boolean): Promise<StoredComment> {
    const parent = await this.#store.find(id);
    const known = parent?.blog.equals(blog) && parent.goneAt === null && (hiddenToo || !parent.hidden);
    if (parent === undefined || !known) throw commentAbsent();
    return parent;
  }

  async #admit(comment: WrittenComment, caller: Caller): Promise<void> {
    if (isBy(caller.user, comment) && !comment.hidden) return;
    try {
      await this.#identity.authorize(caller, [RoleCode.Editor]);
    } catch (error) {
      // For others than editors it is not there.
      if (comment.hidden && error instanceof ApiError && error.status === 403) throw commentAbsent();
      throw error;
    }
  }
}

const commentAbsent = () => notFound('comment not found');

const isBy = ({ id }: User, { author }: WrittenComment) => fromUuidBinary(author) === id;
