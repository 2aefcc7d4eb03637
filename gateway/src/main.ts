import { runService } from '@tsmicro/service';
import { readConfig } from './config.ts';
import { isComplaint, openGateway } from './server.ts';

await runService(process, {
  name: 'gateway',
  readConfig,
  open: (config, opening) => openGateway(config, opening),
  isComplaint,
});
