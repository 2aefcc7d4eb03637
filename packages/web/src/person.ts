import { type Static, Type } from '@tsmicro/schema';

/** A user, as the gateway's answers show one. */
export const Profile = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  profilePicUrl: Type.Optional(Type.String()),
  roles: Type.Array(Type.Object({ id: Type.String(), code: Type.String() })),
});
export type Profile = Static<typeof Profile>;

/** What proves at the gateway who somebody is. */
export const SessionTokens = Type.Object({ accessToken: Type.String(), refreshToken: Type.String() });
export type SessionTokens = Static<typeof SessionTokens>;

/** What a sign-up and a sign-in give. */
export const SignedIn = Type.Object({ user: Profile, tokens: SessionTokens });
export type SignedIn = Static<typeof SignedIn>;

/** Who is signed in. */
export const Person = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  profilePicUrl: Type.Optional(Type.String()),
  /** As in "AUTHOR". */
  roles: Type.Array(Type.String()),
});
export type Person = Static<typeof Person>;

/** The person that a profile is of. */
export function toPerson({ id, name, email, profilePicUrl, roles }: Profile): Person {
  const shown = { id, name, email, roles: roles.map(({ code }) => code) };
  return profilePicUrl === undefined ? shown : { ...shown, profilePicUrl };
}
