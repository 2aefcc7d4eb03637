import { Uuid } from '@tsmicro/dto';
import { defineEndpoint } from '@tsmicro/micro';
import { Type } from '@tsmicro/schema';

/** A rare stone as others know it. */
export const RareStone = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    createdAt: Type.String({ description: 'RFC 3339' }),
  },
  { title: 'RareStone' },
);
export type RareStone = Type.Static<typeof RareStone>;

/** Which rare stone is meant. */
export const RareStoneId = Type.Object({ id: Uuid }, { title: 'RareStoneId' });
export type RareStoneId = Type.Static<typeof RareStoneId>;

/** The rare stone with this id; 404. */
export const rareStoneById = defineEndpoint({
  service: 'sample-room',
  path: '/rare-stone',
  name: 'get',
  request: RareStoneId,
  reply: RareStone,
  summary: 'The rare stone with this id',
  errors: { 404: 'rare stone not found' },
});
