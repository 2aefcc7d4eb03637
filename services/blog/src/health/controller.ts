import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Health } from './dto.ts';

/** Says that the process lives and answers; it asks nobody, so that a dead neighbour is no reason to restart it. */
export class HealthController extends Controller {
  constructor() {
    super('/health');
  }

  mountRoutes(routes: Routes): void {
    routes.get(
      '/',
      { summary: 'Whether the service answers', data: Health },
      (): Health => ({
        timestamp: new Date().toISOString(),
        status: 'OK',
      }),
    );
  }
}
