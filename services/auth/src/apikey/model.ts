/** What is told of an API key, which itself is nowhere. */
export interface ApiKey {
  id: string;
  /** The first characters of the key, by which people tell keys apart. */
  prefix: string;
  permissions: string[];
  comments: string[];
  /** Counts from 1, one up with each rotation. */
  version: number;
  /** Neither revoked nor expired. */
  active: boolean;
  expiresAt?: Date;
  /** To the minute. */
  lastUsedAt?: Date;
  createdAt: Date;
}

/** What a new API key is made with. */
export interface NewApiKey {
  permissions: readonly string[];
  comments: readonly string[];
  expiresAt?: Date | undefined;
}

/** What a key in force is good for. */
export interface ApiKeyGrant {
  id: string;
  permissions: string[];
  /** Whole seconds until it is over; undefined for a key that has no end. */
  expiresInSec?: number;
}

/** A key that is over, or has an end now. */
export interface EndedKey {
  hash: string;
  prefix: string;
  /** Undefined when it is over already. */
  endsAt?: Date;
}

/** The columns of `api_keys` that make an {@link ApiKey}. */
export interface ApiKeyRow {
  id: string;
  prefix: string;
  permissions: string[];
  comments: string[];
  version: number;
  active: boolean;
  expires_at: Date | null;
  last_used_at: Date | null;
  created_at: Date;
}

/** The key that a row tells of. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  const { expires_at: expiresAt, last_used_at: lastUsedAt, created_at: createdAt, ...rest } = row;
  return {
    ...rest,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
    createdAt,
  };
}
