// A service as small as can be, for whoever restarts it: NATS_URL and PORT say where; it sends "ready" when it answers
// and ends by SIGTERM.
import { once } from 'node:events';
import { connectNats, createRouter } from '@tsmicro/micro';
import { CounterController } from './counter.ts';

const { NATS_URL = '', PORT = '0' } = process.env;
const natsClient = await connectNats({
  natsUrl: NATS_URL,
  natsServiceName: 'counter',
  natsServiceVersion: '1.0.0',
});
const router = createRouter({ natsClient });
router.loadControllers([new CounterController()]);
await router.start({ host: '127.0.0.1', port: Number(PORT) });
process.send?.('ready');
await once(process, 'SIGTERM');
await router.close({ lingerMs: 1_000, deadlineMs: 8_000 });
await natsClient.close();
process.disconnect();
