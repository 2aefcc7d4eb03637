import type { Standing } from './target.ts';
import type { Upstream } from './upstream.ts';

const standings: readonly Standing[] = ['good', 'reserve', 'out'];

/** How many targets there are, for metrics. */
export const standingMetric = {
  name: 'gateway_targets',
  help: 'Targets of an upstream, by how they are: good, reserve (asked when no other is left), out',
  labels: ['upstream', 'standing'],
};

/** How the targets of these upstreams are now. */
export function toStandings(upstreams: readonly Upstream[]) {
  return upstreams.flatMap(({ entity: { name: upstream }, targets }) =>
    standings.map((standing) => ({
      labels: { upstream, standing },
      value: targets.filter((target) => target.standing === standing).length,
    })),
  );
}
