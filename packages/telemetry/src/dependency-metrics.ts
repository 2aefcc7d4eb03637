import type { DependencyHealth, PoolFigures } from '@tsmicro/dependency';
import type { Metrics } from './metrics.ts';

/** What a dependency tells of itself; Postgres, Mongo, Redis and NatsClient are such. */
export interface DependencyFigures {
  readonly health: DependencyHealth;
  readonly pool?: PoolFigures;
  readonly caches?: readonly {
    readonly namespace: string;
    readonly figures: { readonly hits: number; readonly misses: number; readonly bypasses: number };
  }[];
}

/** Shows how dependencies are, how full their pools are, and how their caches do. */
export function showDependencies(metrics: Metrics, dependencies: readonly DependencyFigures[]): void {
  metrics.collect(
    { name: 'dependency_up', help: '1 while a dependency is there', labels: ['dependency'] },
    () =>
      dependencies.map(({ health: { name, state } }) => ({
        labels: { dependency: name },
        value: Number(state === 'up'),
      })),
  );
  metrics.collect(
    {
      name: 'dependency_since_timestamp_seconds',
      help: 'When a dependency came or went, in seconds since 1970',
      labels: ['dependency'],
    },
    () =>
      dependencies.map(({ health: { name, since } }) => ({
        labels: { dependency: name },
        value: since.getTime() / 1_000,
      })),
  );
  metrics.collect(
    {
      name: 'dependency_info',
      help: 'Always 1: where a dependency is',
      labels: ['dependency', 'address'],
    },
    () =>
      dependencies.flatMap(({ health: { name, address } }) =>
        address === undefined ? [] : [{ labels: { dependency: name, address }, value: 1 }],
      ),
  );
  metrics.collect(
    {
      name: 'pool_connections',
      help: 'Connections of a pool, by what they do',
      labels: ['dependency', 'state'],
    },
    () =>
      pools(dependencies).flatMap(({ dependency, size, idle }) => [
        { labels: { dependency, state: 'idle' }, value: idle },
        { labels: { dependency, state: 'busy' }, value: size - idle },
      ]),
  );
  metrics.collect(
    { name: 'pool_waiting', help: 'Operations that wait for a connection', labels: ['dependency'] },
    () => pools(dependencies).map(({ dependency, waiting }) => ({ labels: { dependency }, value: waiting })),
  );
  metrics.collect(
    {
      name: 'cache_reads_total',
      help: 'Reads of a cache: found there, loaded, or loaded past a cache that could not be used',
      type: 'counter',
      labels: ['namespace', 'result'],
    },
    () =>
      dependencies
        .flatMap(({ caches = [] }) => caches)
        .flatMap(({ namespace, figures }) => [
          { labels: { namespace, result: 'hit' }, value: figures.hits },
          { labels: { namespace, result: 'miss' }, value: figures.misses },
          { labels: { namespace, result: 'bypass' }, value: figures.bypasses },
        ]),
  );
}

function pools(dependencies: readonly DependencyFigures[]) {
  return dependencies.flatMap(({ health, pool }) =>
    pool === undefined ? [] : [{ dependency: health.name, ...pool }],
  );
}
