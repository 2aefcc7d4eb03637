// An instance in a process of its own, for tests that kill it. Ends by SIGTERM as a service does.
import { openInstance } from './counter.ts';

const instance = await openInstance(process.argv[2] ?? '');
process.once('SIGTERM', async () => {
  await instance[Symbol.asyncDispose]();
  process.exit(0);
});
process.stdout.write('ready\n');
