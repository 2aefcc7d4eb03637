import { MongoId, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { Tag } from '../blog/dto.ts';

/** Backslashes and control characters do not pass a gateway in a path. */
const slugForm = '^[^\\\\\\x00-\\x1f\\x7f]*$';

const content = {
  title: text(3, 500),
  description: text(3, 2_000),
  draftText: text(1, 50_000),
  slug: Type.String({ notBlank: true, minLength: 3, maxLength: 200, format: 'slug', pattern: slugForm }),
  imgUrl: Type.String({ notBlank: true, format: 'http-url-or-path', maxLength: 200 }),
  tags: Type.Array(Tag, { minItems: 1, maxItems: 50 }),
};

/** A new blog. */
export const CreateBlog = Type.Object(content, { title: 'CreateBlog' });
export type CreateBlog = Type.Static<typeof CreateBlog>;

/** Changes to a blog; what is absent stays as it is. */
export const UpdateBlog = Type.Object(
  { _id: MongoId, ...Type.Partial(Type.Object(content)).properties },
  { title: 'UpdateBlog' },
);
export type UpdateBlog = Type.Static<typeof UpdateBlog>;
