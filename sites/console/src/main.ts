import { runService } from '@tsmicro/service';
import { parseEnvironment } from './config.ts';
import { openServer } from './server.ts';

await runService(process, { name: 'console', readConfig: parseEnvironment, open: openServer });
