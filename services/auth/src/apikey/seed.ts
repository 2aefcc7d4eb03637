/** The API key of a development system, known to everybody. */
export const seedKey = {
  key: '1D3F2DD1A5DE725DD4DF1D82BBB37',
  permissions: ['GENERAL'],
  comments: ['Seed key for development'],
} as const;
