import type { Binary, ObjectId } from 'mongodb';

/** A comment as MongoDB holds it. */
export interface StoredComment {
  _id: ObjectId;
  blog: ObjectId;
  /** The comment that it answers; null for one that answers the blog. */
  parent: ObjectId | null;
  /** Not there any more once the comment is deleted. */
  text?: string;
  /** Not there any more once the comment is deleted. */
  author?: Binary;
  /** For editors only. */
  hidden: boolean;
  edited: boolean;
  deleted: boolean;
  /** Since when nothing of it is to be shown: it is deleted, and nobody has answered it. */
  goneAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A comment that is not deleted. */
export type WrittenComment = StoredComment & { text: string; author: Binary };

/** What a comment answers. */
export type CommentPlace = Pick<StoredComment, 'blog' | 'parent'>;

/** Whether the comment is not deleted. */
export function isWritten(comment: StoredComment): comment is WrittenComment {
  return !comment.deleted && comment.text !== undefined && comment.author !== undefined;
}
