/** The account of a development system, known to everybody; it holds all roles. */
export const seedAdmin = {
  email: 'admin@afteracademy.com',
  password: 'changeit',
  name: 'Admin',
} as const;
