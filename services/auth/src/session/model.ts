import type { User } from '../user/model.ts';

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

/** A session in force and its user. */
export interface OpenSession {
  id: string;
  user: User;
}

/** What a token says of itself; it has been signed by us, but its session may be over. */
export interface TokenClaims {
  userId: string;
  key: string;
  expired: boolean;
}
