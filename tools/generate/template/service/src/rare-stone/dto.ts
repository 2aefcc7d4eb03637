import { text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import type { RareStone } from '#contract';
import type { RareStone as StoredRareStone } from './model.ts';

/** A new rare stone. */
export const CreateRareStone = Type.Object(
  {
    name: text(1, 200),
  },
  { title: 'CreateRareStone' },
);
export type CreateRareStone = Type.Static<typeof CreateRareStone>;

/** What others see of a rare stone. */
export function toRareStone({ createdAt, ...rest }: StoredRareStone): RareStone {
  return { ...rest, createdAt: createdAt.toISOString() };
}
