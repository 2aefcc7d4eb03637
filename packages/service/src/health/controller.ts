import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Health, ReadinessReport } from './dto.ts';
import type { Readiness } from './readiness.ts';

const alive = (): Health => ({ timestamp: new Date().toISOString(), status: 'OK' });

/**
 * Says how the service is. `/health` and `/health/live` ask nobody: a dead neighbour is no reason to restart a service;
 * `/health/ready` says whether it is worth sending requests to.
 */
export class HealthController extends Controller {
  readonly #readiness: Readiness;

  constructor(readiness: Readiness) {
    super('/health');
    this.#readiness = readiness;
  }

  mountRoutes(routes: Routes): void {
    routes.get('/', { summary: 'Whether the service answers', data: Health }, alive);
    routes.get('/live', { summary: 'Whether the process lives', data: Health }, alive);
    routes.get(
      '/ready',
      {
        summary: 'Whether the service can do its work, and how its dependencies are',
        data: ReadinessReport,
        errors: { 503: 'PostgreSQL is down since 2030-01-02T03:04:05.678Z' },
      },
      () => this.#readiness.report(),
    );
  }
}
