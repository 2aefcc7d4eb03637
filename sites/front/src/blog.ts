import { Type } from '@tsmicro/schema';

/** What the gateway says of an author. */
export const InfoAuthor = Type.Object({
  _id: Type.String(),
  name: Type.String(),
  profilePicUrl: Type.Optional(Type.String()),
});
export type InfoAuthor = Type.Static<typeof InfoAuthor>;

/** What the gateway says of a user whom anybody may know. */
export const PublicUser = Type.Object({
  id: Type.String(),
  name: Type.String(),
  profilePicUrl: Type.Optional(Type.String()),
});
export type PublicUser = Type.Static<typeof PublicUser>;

const itemFields = {
  _id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  slug: Type.String(),
  imgUrl: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
};

/** An article in a list. */
export const ItemBlog = Type.Object(itemFields);
export type ItemBlog = Type.Static<typeof ItemBlog>;

/** A list of articles. */
export const ItemBlogs = Type.Array(ItemBlog);

/** An article for its readers. */
export const PublicBlog = Type.Object({
  ...itemFields,
  text: Type.String(),
  author: InfoAuthor,
  publishedAt: Type.String(),
});
export type PublicBlog = Type.Static<typeof PublicBlog>;

/** An article for its author and for editors. */
export const PrivateBlog = Type.Object({
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
});
export type PrivateBlog = Type.Static<typeof PrivateBlog>;

/** A tag, and how many published articles have it. */
export const TagCount = Type.Object({ tag: Type.String(), count: Type.Integer() });
export type TagCount = Type.Static<typeof TagCount>;

/** A comment; one that was deleted while it had replies has neither text nor author. */
export const Comment = Type.Object({
  _id: Type.String(),
  parent: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
  author: Type.Optional(InfoAuthor),
  replies: Type.Integer(),
  edited: Type.Boolean(),
  hidden: Type.Optional(Type.Boolean()),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});
export type Comment = Type.Static<typeof Comment>;
