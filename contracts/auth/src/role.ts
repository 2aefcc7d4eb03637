/** The roles that a user may hold. They are flat: ADMIN alone is not AUTHOR. */
export const RoleCode = {
  Learner: 'LEARNER',
  Author: 'AUTHOR',
  Editor: 'EDITOR',
  Admin: 'ADMIN',
} as const;
export type RoleCode = (typeof RoleCode)[keyof typeof RoleCode];
