import { Type } from '@tsmicro/schema';
import { Tag } from '../blog/dto.ts';

/** What a tag is to be called from now on. */
export const RenameTag = Type.Object({ tag: Tag }, { title: 'RenameTag' });
export type RenameTag = Type.Static<typeof RenameTag>;
