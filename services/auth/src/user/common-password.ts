import type { ValidationParser } from '@tsmicro/network';

/**
 * The format of a password that is not one of those that everybody tries first, in whatever case it is written (OWASP
 * Authentication Cheat Sheet, "Implement Proper Password Strength Controls"). What is shorter than `minLength` is refused
 * for that alone. The list is a matter of megabytes, and only read here.
 */
export async function readUncommonPassword(minLength: number): Promise<ValidationParser> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  // All in lower case.
  const common = new Set(dictionary['passwords-common'].filter(({ length }) => length >= minLength));
  return {
    format: 'uncommon-password',
    check: (password) => !common.has(password.toLowerCase()),
    message: 'is too common',
  };
}
