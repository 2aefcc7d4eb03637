import { Type } from '@tsmicro/schema';

/** A UUID in any letter case. */
export const Uuid = Type.String({ format: 'uuid' });
export type Uuid = Type.Static<typeof Uuid>;

/** The path parameter `id` that is a UUID. */
export const UuidParam = Type.Object({ id: Uuid });
export type UuidParam = Type.Static<typeof UuidParam>;

/** A MongoDB ObjectId: exactly 24 hexadecimal digits. */
export const MongoId = Type.String({ format: 'mongo-id' });
export type MongoId = Type.Static<typeof MongoId>;

/** The path parameter `id` that is a MongoDB ObjectId. */
export const MongoIdParam = Type.Object({ id: MongoId });
export type MongoIdParam = Type.Static<typeof MongoIdParam>;
