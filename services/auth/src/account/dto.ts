import { HttpUrl, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { password } from '../user/dto.ts';

/** What changes in one's own profile; an empty text takes the picture away. */
export const ProfileChange = Type.Object(
  {
    name: Type.Optional(text(2, 200)),
    profilePicUrl: Type.Optional(Type.Union([HttpUrl, Type.Literal('')])),
  },
  { title: 'ProfileChange' },
);
export type ProfileChange = Type.Static<typeof ProfileChange>;

/** The body of a change of password; the shortest new one is a matter of configuration. */
export const passwordChange = (minLength: number) =>
  Type.Object({ currentPassword: password(), newPassword: password(minLength) }, { title: 'PasswordChange' });
export type PasswordChange = Type.Static<ReturnType<typeof passwordChange>>;
