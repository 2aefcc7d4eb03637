import { type Static, Type } from '@tsmicro/schema';

/** One of the places where a person is signed in. */
export const Session = Type.Object({
  id: Type.String(),
  createdAt: Type.String(),
  lastUsedAt: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
  current: Type.Boolean(),
});
export type Session = Static<typeof Session>;
