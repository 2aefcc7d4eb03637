import { MongoId, Slug, text } from '@tsmicro/dto';
import Type from 'typebox';

const content = {
  title: text(3, 500),
  description: text(3, 2_000),
  draftText: text(1, 50_000),
  slug: Slug,
  imgUrl: Type.String({ notBlank: true, format: 'http-url-or-path', maxLength: 200 }),
  tags: Type.Array(Type.String({ notBlank: true, minLength: 1, maxLength: 50, isUppercase: true }), {
    minItems: 1,
    maxItems: 50,
  }),
};

/** A new blog. */
export const CreateBlog = Type.Object(content);
export type CreateBlog = Type.Static<typeof CreateBlog>;

/** Changes to a blog; what is absent stays as it is. */
export const UpdateBlog = Type.Object({ _id: MongoId, ...Type.Partial(Type.Object(content)).properties });
export type UpdateBlog = Type.Static<typeof UpdateBlog>;
