import type { Binary, ObjectId } from 'mongodb';
import type { StoredProfile } from '../profile/model.ts';

/** A blog as MongoDB holds it, and as gomicro wrote it: users are UUIDs in binary. */
export interface Blog {
  _id: ObjectId;
  title: string;
  description: string;
  /** What readers see; set when the blog is published the first time. */
  text?: string;
  /** What the author writes; it becomes the text when the blog is published. */
  draftText: string;
  tags: string[];
  author: Binary;
  imgUrl?: string;
  /** Unique among all blogs, deleted ones included. */
  slug: string;
  /** 0 to 1: how much the blog is worth beside others of its day. */
  score: number;
  /** Waits for an editor; a submitted blog is still a draft. */
  submitted: boolean;
  drafted: boolean;
  published: boolean;
  /** False once it was deleted. */
  status: boolean;
  /** When it was published the first time. */
  publishedAt?: Date | null;
  createdBy: Binary;
  updatedBy: Binary;
  createdAt: Date;
  updatedAt: Date;
}

/** What an author writes. */
export type BlogContent = Required<
  Pick<Blog, 'title' | 'description' | 'draftText' | 'slug' | 'imgUrl' | 'tags'>
>;

/** What lists show of a blog. */
export type BlogItem = Pick<Blog, '_id' | 'title' | 'description' | 'slug' | 'imgUrl' | 'score' | 'tags'>;

/** What readers see of a blog, with what is known here of its author: one profile or none. */
export type PublishedBlog = Omit<Blog, 'draftText'> & { profiles: readonly StoredProfile[] };

/** A blog that is published now. */
export type ShownBlog = Blog & { publishedAt: Date };

/** One atomic change: the blog as it was, and as it is now. */
export interface BlogChange {
  before: Blog;
  after: Blog;
}
