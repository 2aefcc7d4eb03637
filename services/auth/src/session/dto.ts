import { Email, HttpUrl, text, Uuid } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { newPassword, Password, type PasswordRules, UserProfile } from '../user/dto.ts';
import type { SessionRow } from './model.ts';

/** The body of a sign-up; what is asked of the password is a matter of configuration. */
export const signUpBasic = (rules: PasswordRules) =>
  Type.Object(
    {
      email: Email,
      password: newPassword(rules),
      name: text(2, 200),
      profilePicUrl: Type.Optional(HttpUrl),
    },
    { title: 'SignUpBasic' },
  );
export type SignUpBasic = Type.Static<ReturnType<typeof signUpBasic>>;

/** The body of a sign-in. */
export const SignInBasic = Type.Object(
  {
    email: Email,
    password: Password,
  },
  { title: 'SignInBasic' },
);
export type SignInBasic = Type.Static<typeof SignInBasic>;

/** The body of a token refresh; the access token comes as Bearer. */
export const TokenRefresh = Type.Object(
  { refreshToken: Type.String({ notBlank: true }) },
  { title: 'TokenRefresh' },
);
export type TokenRefresh = Type.Static<typeof TokenRefresh>;

/** The tokens of a session. */
export const Tokens = Type.Object(
  { accessToken: Type.String(), refreshToken: Type.String() },
  { title: 'Tokens' },
);
export type Tokens = Type.Static<typeof Tokens>;

/** What a sign-up and a sign-in give. */
export const UserAuth = Type.Object({ user: UserProfile, tokens: Tokens }, { title: 'UserAuth' });
export type UserAuth = Type.Static<typeof UserAuth>;

/** A session as its owner sees it. */
export const Session = Type.Object(
  {
    id: Uuid,
    createdAt: Type.String({ description: 'RFC 3339' }),
    lastUsedAt: Type.Optional(Type.String({ description: 'RFC 3339, to the minute or so' })),
    userAgent: Type.Optional(Type.String({ description: 'what the client called itself when it signed in' })),
    current: Type.Boolean({ description: 'whether it is the one that asks' }),
  },
  { title: 'Session' },
);
export type Session = Type.Static<typeof Session>;

/** A session, seen from the one with this id. */
export function toSession({ createdAt, lastUsedAt, ...row }: SessionRow, currentId: string): Session {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
    current: row.id === currentId,
  };
}
