import type { KnownFailure } from '@tsmicro/web';

/** What the gateway says to those who come in. */
export const entryFailures: readonly KnownFailure[] = [
  {
    message: /^user already registered$/,
    field: 'email',
    words: 'There is an account with this address. Sign in with it instead.',
  },
  {
    message: /^password is too common$/,
    field: 'password',
    words: 'This password is one of those that everybody tries first. Choose another one.',
  },
];

/** What the gateway says to those who change their password. */
export const passwordFailures: readonly KnownFailure[] = [
  {
    message: /^invalid credentials$/,
    field: 'currentPassword',
    words: 'This is not your current password.',
  },
  {
    message: /^newPassword is too common$/,
    field: 'newPassword',
    words: 'This password is one of those that everybody tries first. Choose another one.',
  },
  {
    message: /^the password was changed a moment ago$/,
    words: 'Your password was changed a moment ago, elsewhere. If that was not you, end your other sessions.',
  },
];

/** What the gateway says to those who leave. */
export const leaveFailures: readonly KnownFailure[] = [
  {
    message: /^the last admin stays active$/,
    words: 'You are the last administrator. Make somebody else one first, in the console.',
  },
];
