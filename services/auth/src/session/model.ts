import type { Role, User } from '../user/model.ts';

/** The two ids (jti) that tie the tokens of a session to its row. */
export interface SessionKeys {
  /** In the access token; column p_key. */
  primaryKey: string;
  /** In the refresh token; column s_key. */
  secondaryKey: string;
}

/** A session as it is opened or renewed. */
export interface NewSession extends SessionKeys {
  userId: string;
  /** When its last token is over: the row means nothing after that. */
  expiresAt: Date;
}

/** From where somebody signs up or in. */
export interface Origin {
  /** As `clientOf` of the request names it. */
  client: string;
  userAgent: string | undefined;
}

const maxUserAgentLength = 256;

/** As much of a User-Agent header as tells a person which device that was. */
export function toUserAgent(header: string | undefined): string | undefined {
  const shown = header?.replaceAll(/\p{C}/gu, '').trim().slice(0, maxUserAgentLength);
  return shown === '' ? undefined : shown;
}

/** A user in force, and all active roles held. */
export interface Subject {
  user: User;
  roles: Role[];
}

/** A session in force and its user. */
export interface OpenSession extends Subject {
  id: string;
}

/** A {@link Subject} as it is kept. */
export interface KeptSubject extends Subject {
  /** New each time that it is looked up: what was kept together with another one may be older than a change. */
  stamp: string;
}

/** Which session has a key, and whose it is, as it is kept. */
export interface KeptSession {
  id: string;
  userId: string;
  /** That of the subject it was found beside. */
  stamp: string;
}

/** A session as its owner looks at it. */
export interface SessionRow {
  id: string;
  createdAt: Date;
  lastUsedAt?: Date;
  userAgent?: string;
}

/** What a change made untrue: decisions about these users, and about the sessions that have or had these primary keys. */
export interface DecisionChange {
  users?: readonly string[];
  sessions?: readonly string[];
}

/** What a token says of itself; it has been signed by us, but its session may be over. */
export interface TokenClaims {
  userId: string;
  key: string;
  /** Seconds since 1970. */
  expiresAt: number;
  expired: boolean;
}

/** The session in force that an access token stands for. */
export interface TokenSession extends OpenSession {
  claims: TokenClaims;
}

/** What is known of an access token that comes to be exchanged. */
export interface RefreshClaims extends TokenClaims {
  /** False for one that was exchanged before. */
  inForce: boolean;
}
