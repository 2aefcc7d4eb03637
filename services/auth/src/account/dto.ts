import { HttpUrl, text } from '@tsmicro/dto';
import { Type } from '@tsmicro/schema';
import { newPassword, Password, type PasswordRules } from '../user/dto.ts';

/** What changes in one's own profile; an empty text takes the picture away. */
export const ProfileChange = Type.Object(
  {
    name: Type.Optional(text(2, 200)),
    profilePicUrl: Type.Optional(Type.Union([HttpUrl, Type.Literal('')])),
  },
  { title: 'ProfileChange' },
);
export type ProfileChange = Type.Static<typeof ProfileChange>;

/** The body of a change of password; what is asked of the new one is a matter of configuration. */
export const passwordChange = (rules: PasswordRules) =>
  Type.Object({ currentPassword: Password, newPassword: newPassword(rules) }, { title: 'PasswordChange' });
export type PasswordChange = Type.Static<ReturnType<typeof passwordChange>>;
