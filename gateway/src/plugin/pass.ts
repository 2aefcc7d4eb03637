import type { Plugin } from './plugin.ts';

/** Lets everything pass: a plugin that is known, and has nothing to do here. */
export const pass: Plugin = { access: () => undefined };
