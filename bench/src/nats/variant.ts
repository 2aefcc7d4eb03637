const file = (name: string) => new URL(name, import.meta.url).href;

/** The hand-written request table that all others are measured against. */
export const natsLimit = 'raw-mux';

const modules = {
  [natsLimit]: file('raw-mux.js'),
  tsmicro: file('tsmicro.ts'),
  'nc.request': file('raw.js'),
  nest: file('nest.js'),
  'nest + timeout': file('nest-timeout.js'),
  moleculer: file('moleculer.js'),
};

/** Modules that export `respond(url)`, which gives what closes it, and `request(url)`, which gives what asks. */
export const natsVariants = Object.entries(modules).map(([variant, module]) => ({ variant, module }));

const script = (name: string) => `${import.meta.dirname}/${name}`;

/** What runs each side in a process of its own. */
export const natsScripts = { responder: script('responder.js'), requester: script('requester.ts') };
