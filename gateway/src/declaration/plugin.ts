import type { PluginFactory, PluginKind } from '../plugin/plugin.ts';
import type { Mapping } from './mapping.ts';

/** A plugin as declared: global, at a service or at a route. */
export interface PluginEntity {
  readonly kind: PluginKind;
  readonly enabled: boolean;
  /** The same for two that were declared in the same words at the same place. */
  readonly fingerprint: string;
  /** Builds the plugin with the configuration that was declared. */
  readonly create: PluginFactory;
}

/** Reads the `plugins` of one level, each kind at most once; `scope` as {@link PluginKind.parse} has it. */
export function parsePlugins(owner: Mapping, kinds: readonly PluginKind[], scope: string): PluginEntity[] {
  const plugins: PluginEntity[] = [];
  for (const entry of owner.mappings('plugins')) {
    const name = entry.requiredText('name');
    const kind = kinds.find((candidate) => candidate.name === name);
    const enabled = entry.flag('enabled') ?? true;
    entry.texts('tags');
    if (kind === undefined) {
      if (name !== '') {
        entry.complain('name', `names no plugin of this gateway (${kinds.map((k) => k.name).join(', ')})`);
      }
      continue;
    }
    if (plugins.some((plugin) => plugin.kind === kind)) entry.complain('name', 'is there twice');
    const config = entry.mapping('config');
    const fingerprint = JSON.stringify([name, scope, config.toJS()]);
    plugins.push({ kind, enabled, fingerprint, create: kind.parse(config, scope) });
    config.end();
    entry.end();
  }
  return plugins;
}
