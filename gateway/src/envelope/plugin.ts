// The plugin envelope-plugin: in Kong it puts Kong's own errors into the envelope. This gateway knows no other form of
// answer, so the name is known and there is nothing to do.
import { pass } from '../plugin/pass.ts';
import type { PluginKind } from '../plugin/plugin.ts';

/** `envelope-plugin`, for declarations. */
export const envelopePlugin: PluginKind = {
  name: 'envelope-plugin',
  priority: 1,
  parse: () => () => pass,
};
