import { MongoId, Uuid } from '@tsmicro/dto';
import { defineEvent } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';

const blogFields = { id: MongoId, slug: Type.String(), author: Uuid };

/** A blog, its address and its author. */
export const BlogNamed = Type.Object(blogFields, { title: 'BlogNamed' });
export type BlogNamed = Type.Static<typeof BlogNamed>;

/** A blog as readers find it; `publishedAt` is when it was published the first time. */
export const BlogShown = Type.Object(
  { ...blogFields, title: Type.String(), tags: Type.Array(Type.String()), publishedAt: Type.String() },
  { title: 'BlogShown' },
);
export type BlogShown = Type.Static<typeof BlogShown>;

/** A comment, the blog that it belongs to, its author, and the comment that it answers. */
export const CommentNamed = Type.Object(
  { id: MongoId, blog: MongoId, author: Uuid, parent: Type.Optional(MongoId) },
  { title: 'CommentNamed' },
);
export type CommentNamed = Type.Static<typeof CommentNamed>;

/** An author handed a draft to the editors. The order is kept for each blog. */
export const blogSubmitted = defineEvent({
  type: 'events.blog.blog.submitted',
  data: BlogNamed,
  description: 'An author handed a draft to the editors',
});

/** Readers see a blog, or a new text of one that they knew. */
export const blogPublished = defineEvent({
  type: 'events.blog.blog.published',
  data: BlogShown,
  description: 'Readers see a blog, or a new text of one that they knew',
});

/** An editor took a blog away from readers; it is a draft again. */
export const blogUnpublished = defineEvent({
  type: 'events.blog.blog.unpublished',
  data: BlogNamed,
  description: 'An editor took a blog away from readers; it is a draft again',
});

/** An author deleted a blog, published or not. */
export const blogDeleted = defineEvent({
  type: 'events.blog.blog.deleted',
  data: BlogNamed,
  description: 'An author deleted a blog, published or not',
});

/** Somebody commented on a blog, or answered a comment. The order is kept for each comment. */
export const commentCreated = defineEvent({
  type: 'events.blog.comment.created',
  data: CommentNamed,
  description: 'Somebody commented on a blog, or answered a comment',
});

/** An editor hid a comment from readers. */
export const commentHidden = defineEvent({
  type: 'events.blog.comment.hidden',
  data: CommentNamed,
  description: 'An editor hid a comment from readers',
});

/** Its author or an editor deleted a comment. */
export const commentDeleted = defineEvent({
  type: 'events.blog.comment.deleted',
  data: CommentNamed,
  description: 'Its author or an editor deleted a comment',
});

/** All that the blog service tells of. */
export const blogEvents = [
  blogSubmitted,
  blogPublished,
  blogUnpublished,
  blogDeleted,
  commentCreated,
  commentHidden,
  commentDeleted,
] as const;
