import { Type } from '@tsmicro/schema';
import type { Blog, BlogItem, PublishedBlog } from './model.ts';

/**
 * Backslashes and control characters do not pass a gateway in a path, nor do segments that browsers resolve: what has
 * them could be written, and read by nobody.
 */
const tagForm = '^(?!(?:.*/)?\\.\\.?(?:/|$))[^\\\\\\x00-\\x1f\\x7f]*$';
const tagText = { notBlank: true, minLength: 1, maxLength: 50, isUppercase: true };

/** A word that blogs are found by, as it may be written. */
export const Tag = Type.String({ ...tagText, pattern: tagForm });
export type Tag = Type.Static<typeof Tag>;

/** The path parameter `tag`; also such as were written before there were rules for them. */
export const TagParam = Type.Object({ tag: Type.String(tagText) });
export type TagParam = Type.Static<typeof TagParam>;

/** A tag, and how many published blogs have it. */
export const TagCount = Type.Object({ tag: Type.String(), count: Type.Integer() }, { title: 'TagCount' });
export type TagCount = Type.Static<typeof TagCount>;

/** Who wrote a blog. */
export const InfoAuthor = Type.Object(
  {
    _id: Type.String(),
    name: Type.String(),
    profilePicUrl: Type.Optional(Type.String()),
  },
  { title: 'InfoAuthor' },
);
export type InfoAuthor = Type.Static<typeof InfoAuthor>;

const itemFields = {
  _id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  slug: Type.String(),
  imgUrl: Type.Optional(Type.String()),
  score: Type.Number(),
  tags: Type.Array(Type.String()),
};

/** A blog in a list. */
export const ItemBlog = Type.Object(itemFields, { title: 'ItemBlog' });
export type ItemBlog = Type.Static<typeof ItemBlog>;

/** A blog for its readers. */
export const PublicBlog = Type.Object(
  {
    ...itemFields,
    text: Type.String(),
    author: InfoAuthor,
    publishedAt: Type.String(),
  },
  { title: 'PublicBlog' },
);
export type PublicBlog = Type.Static<typeof PublicBlog>;

/** A blog for its author and for editors. */
export const PrivateBlog = Type.Object(
  {
    ...itemFields,
    text: Type.Optional(Type.String()),
    draftText: Type.String(),
    author: InfoAuthor,
    submitted: Type.Boolean(),
    drafted: Type.Boolean(),
    published: Type.Boolean(),
    publishedAt: Type.Optional(Type.String()),
    createdAt: Type.String(),
    updatedAt: Type.String(),
  },
  { title: 'PrivateBlog' },
);
export type PrivateBlog = Type.Static<typeof PrivateBlog>;

/** The list item of a blog. */
export function toItemBlog({ _id, title, description, slug, imgUrl, score, tags }: BlogItem): ItemBlog {
  return { _id: _id.toHexString(), title, description, slug, ...(imgUrl ? { imgUrl } : {}), score, tags };
}

/** The blog as readers see it. */
export function toPublicBlog(blog: PublishedBlog, author: InfoAuthor): PublicBlog {
  const { text, publishedAt, updatedAt } = blog;
  return {
    ...toItemBlog(blog),
    text: text ?? '',
    author,
    publishedAt: (publishedAt ?? updatedAt).toISOString(),
  };
}

/** The whole blog. */
export function toPrivateBlog(blog: Blog, author: InfoAuthor): PrivateBlog {
  const { text, draftText, submitted, drafted, published, publishedAt, createdAt, updatedAt } = blog;
  return {
    ...toItemBlog(blog),
    ...(typeof text === 'string' ? { text } : {}),
    draftText,
    author,
    submitted,
    drafted,
    published,
    ...(publishedAt ? { publishedAt: publishedAt.toISOString() } : {}),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** What is shown of a user as an author. */
export function toInfoAuthor(user: {
  id: string;
  name: string;
  profilePicUrl?: string | undefined;
}): InfoAuthor {
  const { id, name, profilePicUrl } = user;
  return { _id: id, name, ...(profilePicUrl ? { profilePicUrl } : {}) };
}
