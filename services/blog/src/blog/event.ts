import {
  type BlogNamed,
  blogDeleted,
  blogPublished,
  blogSubmitted,
  blogUnpublished,
} from '@tsmicro/contracts-blog';
import { createEvent } from '@tsmicro/micro';
import { fromUuidBinary } from '@tsmicro/mongo';
import type { Blog, ShownBlog } from './model.ts';

type Named = Pick<Blog, '_id' | 'slug' | 'author'>;

const idOf = ({ _id }: Named) => _id.toHexString();

const toBlogNamed = (blog: Named): BlogNamed => ({
  id: idOf(blog),
  slug: blog.slug,
  author: fromUuidBinary(blog.author),
});

/** Its author hands the blog to the editors. */
export const submitted = (blog: Blog) => createEvent(blogSubmitted, idOf(blog), toBlogNamed(blog));

/** Readers see the blog as it is here. */
export function published(blog: ShownBlog) {
  const { title, tags, publishedAt } = blog;
  const data = { ...toBlogNamed(blog), title, tags, publishedAt: publishedAt.toISOString() };
  return createEvent(blogPublished, idOf(blog), data);
}

/** Readers see the blog no longer. */
export const unpublished = (blog: Blog) => createEvent(blogUnpublished, idOf(blog), toBlogNamed(blog));

/** The blog is gone. */
export const deleted = (blog: Blog) => createEvent(blogDeleted, idOf(blog), toBlogNamed(blog));
