import { type Static, Type } from '@tsmicro/schema';

/** An API key, as the gateway's answers show one. */
export const ApiKey = Type.Object({
  id: Type.String(),
  /** The first characters of the key, by which people tell keys apart. */
  prefix: Type.String(),
  permissions: Type.Array(Type.String()),
  comments: Type.Array(Type.String()),
  version: Type.Integer(),
  active: Type.Boolean(),
  expiresAt: Type.Optional(Type.String()),
  lastUsedAt: Type.Optional(Type.String()),
  createdAt: Type.String(),
});
export type ApiKey = Static<typeof ApiKey>;

/** A key that was just made: no other answer has it. */
export const NewApiKey = Type.Object({ ...ApiKey.properties, key: Type.String() });
export type NewApiKey = Static<typeof NewApiKey>;
