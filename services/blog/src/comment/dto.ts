import { MongoId, Pagination, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { InfoAuthor } from '../blog/dto.ts';
import type { StoredComment } from './model.ts';

/** A comment. One that was deleted while it had replies has neither text nor author. */
export const Comment = Type.Object(
  {
    _id: Type.String(),
    blog: Type.String(),
    parent: Type.Optional(Type.String({ description: 'The comment that it answers' })),
    text: Type.Optional(Type.String()),
    author: Type.Optional(InfoAuthor),
    replies: Type.Integer({ description: 'How many of its replies the reader may see' }),
    edited: Type.Boolean(),
    hidden: Type.Optional(Type.Boolean({ description: 'True for what only editors see; else absent' })),
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  { title: 'Comment' },
);
export type Comment = Type.Static<typeof Comment>;

const commentText = text(1, 5_000);

/** A new comment on a blog, or on a comment. */
export const CreateComment = Type.Object(
  { text: commentText, parent: Type.Optional(MongoId) },
  { title: 'CreateComment' },
);
export type CreateComment = Type.Static<typeof CreateComment>;

/** A new text for a comment. */
export const EditComment = Type.Object({ text: commentText }, { title: 'EditComment' });
export type EditComment = Type.Static<typeof EditComment>;

/** Which comments of a blog: those on it, or with `parent` those that answer a comment. */
export const CommentQuery = Type.Object({ parent: Type.Optional(MongoId), ...Pagination.properties });
export type CommentQuery = Type.Static<typeof CommentQuery>;

/** The comment as it is shown; `author` is that of one that is not deleted. */
export function toComment(comment: StoredComment, author: InfoAuthor | undefined, replies: number): Comment {
  const { parent, text: written, hidden } = comment;
  return {
    _id: comment._id.toHexString(),
    blog: comment.blog.toHexString(),
    ...(parent === null ? {} : { parent: parent.toHexString() }),
    ...(written === undefined ? {} : { text: written }),
    ...(author === undefined ? {} : { author }),
    replies,
    edited: comment.edited,
    ...(hidden ? { hidden } : {}),
    createdAt: comment.createdAt.toISOString(),
    updatedAt: comment.updatedAt.toISOString(),
  };
}
