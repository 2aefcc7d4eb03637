import { Type } from '@tsmicro/schema';

/** A readable name in a URL, 3 to 200 characters. */
export const Slug = Type.String({ notBlank: true, minLength: 3, maxLength: 200 });
export type Slug = Type.Static<typeof Slug>;

/** The path parameter `slug`. */
export const SlugParam = Type.Object({ slug: Slug });
export type SlugParam = Type.Static<typeof SlugParam>;
