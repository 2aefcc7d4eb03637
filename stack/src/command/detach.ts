import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Home } from '../home/home.ts';
import type { StartOptions } from './foreground.ts';
import { print } from './output.ts';

const ToldLine = Type.Object({ line: Type.String() });
const ToldReady = Type.Object({ ready: Type.Literal(true) });

/** The options as they were typed. */
function toWords({ port, watch, shape: { balanced, counts, natsCluster } }: StartOptions): string[] {
  const scale = [...counts].map(([name, count]) => `${name}=${count}`).join(',');
  return [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(watch ? ['--watch'] : []),
    ...(balanced ? ['--scale', scale] : []),
    ...(natsCluster ? ['--nats-cluster'] : []),
  ];
}

/** Starts this very program again in a session of its own, shows what it tells, and leaves it when it is ready. */
export async function startDetached(home: Home, options: StartOptions): Promise<number> {
  const script = process.argv[1] ?? '';
  home.open();
  // It has no terminal to complain to.
  const complaints = openSync(home.logFile('launcher'), 'w', 0o600);
  const child = spawn(process.execPath, [script, 'start', ...toWords(options)], {
    detached: true,
    stdio: ['ignore', 'ignore', complaints, 'ipc'],
  });
  const interrupt = () => child.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
    child.on('message', (message) => {
      if (Check(ToldLine, message)) print(message.line);
      if (!Check(ToldReady, message)) return;
      child.disconnect();
      child.unref();
      resolve(0);
    });
  });
}
