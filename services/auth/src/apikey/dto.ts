import { Pagination, text, Uuid } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import type { ApiKey } from './model.ts';

const Moment = Type.String({ format: 'date-time' });
const Permission = Type.String({ pattern: '^[A-Z][A-Z0-9_]{0,49}$', examples: ['GENERAL'] });

/** The query of the list of keys. */
export const ApiKeyQuery = Pagination;

/** What a new API key is made with. */
export const CreateApiKey = Type.Object(
  {
    permissions: Type.Array(Permission, { minItems: 1, maxItems: 20, uniqueItems: true }),
    comments: Type.Array(text(1, 500), { maxItems: 20, default: [] }),
    expiresAt: Type.Optional(Moment),
  },
  { title: 'CreateApiKey' },
);
export type CreateApiKey = Type.Static<typeof CreateApiKey>;

/** How long the old key lives on beside the new one. */
export const RotateApiKey = Type.Object(
  { graceSec: Type.Integer({ minimum: 0, maximum: 86_400, default: 0 }) },
  { title: 'RotateApiKey' },
);
export type RotateApiKey = Type.Static<typeof RotateApiKey>;

/** What administrators see of an API key. */
export const ApiKeyView = Type.Object(
  {
    id: Uuid,
    prefix: Type.String(),
    permissions: Type.Array(Type.String()),
    comments: Type.Array(Type.String()),
    version: Type.Integer(),
    active: Type.Boolean(),
    expiresAt: Type.Optional(Moment),
    lastUsedAt: Type.Optional(Moment),
    createdAt: Moment,
  },
  { title: 'ApiKey' },
);
export type ApiKeyView = Type.Static<typeof ApiKeyView>;

/** A key that was just made: the only answer that has it. */
export const NewApiKeyView = Type.Object(
  { ...ApiKeyView.properties, key: Type.String() },
  { title: 'NewApiKey' },
);
export type NewApiKeyView = Type.Static<typeof NewApiKeyView>;

/** A key as administrators see it. */
export function toApiKeyView({ expiresAt, lastUsedAt, createdAt, ...rest }: ApiKey): ApiKeyView {
  return {
    ...rest,
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
    createdAt: createdAt.toISOString(),
  };
}
