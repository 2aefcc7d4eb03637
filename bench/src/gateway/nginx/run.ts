// node run.ts PROGRAM DIR PORT: runs nginx with DIR/nginx.conf for a Worker, and ends it with itself.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { firstAnswer } from '../../http/first-answer.ts';
import { processMs } from '../../measure/bystander.ts';
import { serve } from '../../worker/child.js';
import { configFile } from './config.ts';

const [program = '', dir = '', port = ''] = process.argv.slice(2);
const nginx = spawn(program, ['-e', 'stderr', '-p', dir, '-c', join(dir, configFile)], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
nginx.once('exit', (code) => process.exit(code ?? 1));
process.once('exit', () => nginx.kill());
const pid = nginx.pid ?? 0;
await firstAnswer(`http://127.0.0.1:${port}/`);
serve({ pid: () => pid, usage: () => ({ cpuUs: processMs(pid) * 1_000, rssBytes: Number.NaN }) });
