import { type CommentNamed, commentCreated, commentDeleted, commentHidden } from '@tsmicro/contracts-blog';
import { createEvent } from '@tsmicro/micro';
import { fromUuidBinary } from '@tsmicro/mongo';
import type { WrittenComment } from './model.ts';

const idOf = ({ _id }: WrittenComment) => _id.toHexString();

function toCommentNamed(comment: WrittenComment): CommentNamed {
  const { blog, author, parent } = comment;
  const named = { id: idOf(comment), blog: blog.toHexString(), author: fromUuidBinary(author) };
  return parent === null ? named : { ...named, parent: parent.toHexString() };
}

/** Readers see the comment. */
export const created = (comment: WrittenComment) =>
  createEvent(commentCreated, idOf(comment), toCommentNamed(comment));

/** Only editors see the comment. */
export const hidden = (comment: WrittenComment) =>
  createEvent(commentHidden, idOf(comment), toCommentNamed(comment));

/** Nobody sees the comment. */
export const deleted = (comment: WrittenComment) =>
  createEvent(commentDeleted, idOf(comment), toCommentNamed(comment));
