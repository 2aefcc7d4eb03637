import { runService } from '@tsmicro/service';
import { readConfig } from './kong-sync/config.ts';
import { isComplaint, openKongSync } from './kong-sync/server.ts';

await runService(process, {
  name: 'kong-sync',
  readConfig,
  // Not the whole configuration: what else stands in it is no business of the synchronizer's.
  open: ({ NATS_URL, KONG_CONFIG, KONG_ADMIN_URL }, opening) =>
    openKongSync({ NATS_URL, KONG_CONFIG, KONG_ADMIN_URL }, opening),
  isComplaint,
});
