import type { User } from '@tsmicro/contracts-auth';

/** Whose drafts are read. */
export const author: User = {
  id: '6f1c1b0a-6a53-4b4e-9d8e-0a5b7d1c2e3f',
  name: 'Ann',
  email: 'ann@example.com',
};

/** About as long as an access token of the auth service. */
export const authorization = `Bearer ${'t'.repeat(700)}`;

/** How a read finds out who asks. */
export const guardings = ['none', 'kept', 'asked'] as const;
export type Guarding = (typeof guardings)[number];
