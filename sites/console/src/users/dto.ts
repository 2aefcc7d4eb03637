import { type Static, Type } from '@tsmicro/schema';

/** What an answer of the gateway says of a user whom an administrator changed. */
export const ChangedUser = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  roles: Type.Array(Type.Object({ code: Type.String() })),
});

/** A user, active or not, as the gateway's answers show one to administrators. */
export const ListedUser = Type.Object({
  ...ChangedUser.properties,
  active: Type.Boolean(),
  createdAt: Type.String(),
});
export type ListedUser = Static<typeof ListedUser>;
