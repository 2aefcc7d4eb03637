import { Type } from '@tsmicro/schema';

/** The path parameter `tag`. */
export const TagParam = Type.Object({
  tag: Type.String({ notBlank: true, minLength: 1, maxLength: 50, isUppercase: true }),
});
export type TagParam = Type.Static<typeof TagParam>;
