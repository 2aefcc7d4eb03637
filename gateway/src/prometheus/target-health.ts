import type { HealthChecks, Thresholds } from '../declaration/health-checks.ts';
import type { Upstream } from '../upstream/upstream.ts';

const states = ['healthchecks_off', 'healthy', 'unhealthy', 'dns_error'] as const;

/** The metric under Kong's name: 1 for the state that a target is in, 0 for the others. */
export const targetHealthMetric = {
  name: 'kong_upstream_target_health',
  help: 'Health status of targets of upstream. States = healthchecks_off|healthy|unhealthy|dns_error, value is 1 when state is populated.',
  labels: ['upstream', 'target', 'address', 'state', 'subsystem'],
};

function counts({ httpFailures, tcpFailures, timeouts }: Thresholds): boolean {
  return httpFailures + tcpFailures + timeouts > 0;
}

function areOn({ active, passive }: HealthChecks): boolean {
  return active.healthyIntervalMs + active.unhealthyIntervalMs > 0 || counts(passive);
}

/** How the targets of these upstreams are now. */
export function toTargetHealth(upstreams: readonly Upstream[]) {
  return upstreams.flatMap(({ entity, targets }) =>
    targets.flatMap(({ name: target, address, health }) => {
      const state = areOn(entity.checks) ? (health.healthy ? 'healthy' : 'unhealthy') : 'healthchecks_off';
      const known = { upstream: entity.name, target, address: `${address.host}:${address.port}` };
      return states.map((one) => ({
        labels: { ...known, state: one, subsystem: 'http' },
        value: Number(one === state),
      }));
    }),
  );
}
