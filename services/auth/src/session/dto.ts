import { Email, HttpUrl, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { UserProfile } from '../user/dto.ts';

const passwordMaxLength = 100;
/** The least that PASSWORD_MIN_LENGTH may ask for: older accounts still sign in after it was raised. */
const passwordMinLength = 6;

/** The body of a sign-up; the shortest password is a matter of configuration. */
export const signUpBasic = (minLength: number) =>
  Type.Object(
    {
      email: Email,
      password: text(minLength, passwordMaxLength),
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
    password: text(passwordMinLength, passwordMaxLength),
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

/** A JSON Web Key Set (RFC 7517). */
export const Jwks = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        kty: Type.String(),
        n: Type.String(),
        e: Type.String(),
        alg: Type.String(),
        use: Type.String(),
        kid: Type.String(),
      }),
    ),
  },
  { title: 'Jwks' },
);
export type Jwks = Type.Static<typeof Jwks>;
