import { Controller } from '@tsmicro/micro';
import type { Routes } from '@tsmicro/network';
import { Health } from './dto.ts';

/** Says that the process answers. It asks no dependency: a service without its database is still to be reached. */
export class HealthController extends Controller {
  constructor() {
    super('/health');
  }

  override mountRoutes(routes: Routes): void {
    routes.get('/', { summary: 'Whether the service answers', data: Health }, () => ({
      timestamp: new Date().toISOString(),
      status: 'OK',
    }));
  }
}
