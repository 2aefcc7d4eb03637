const file = (name: string) => new URL(name, import.meta.url).href;

/** What all others are measured against. */
export const httpLimit = 'node:http';

const modules = {
  [httpLimit]: file('bare.js'),
  fastify: file('fastify.js'),
  tsmicro: file('tsmicro.ts'),
  'nest on fastify': file('nest.js'),
};

/** Modules that export `listen(port)`, which resolves when the server listens. */
export const httpVariants = Object.entries(modules).map(([variant, module]) => ({ variant, module }));

/** What runs a variant in a process of its own. */
export const serverScript = `${import.meta.dirname}/server.js`;
