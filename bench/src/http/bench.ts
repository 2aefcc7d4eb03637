import { findPort } from '@tsmicro/stack';
import { type BenchOptions, chosen } from '../bench.ts';
import { comparison } from '../measure/comparison.ts';
import { type Run, rotated } from '../measure/run.ts';
import type { Table } from '../measure/table.ts';
import { Worker } from '../worker/worker.ts';
import { paths, registration } from './exchange.js';
import { type LoadedServer, measureLoad } from './load.ts';
import { httpLimit, httpVariants, serverScript } from './variant.ts';
import { requireWrk, usualConnections, type WrkRequest, wrk } from './wrk.ts';

/** One kind of request. */
type Kind = Pick<WrkRequest, 'method' | 'body'> & { path: string };

interface Opened extends LoadedServer {
  worker: Worker;
  base: string;
}

const kinds: readonly Kind[] = [
  { method: 'GET', path: paths.profile },
  { method: 'POST', path: paths.profiles, body: JSON.stringify(registration) },
];
const warmUpSeconds = 2;

async function open(variant: string, module: string, profileDir: string | undefined): Promise<Opened> {
  const port = await findPort();
  const worker = await Worker.start({
    name: `${variant} server`,
    script: serverScript,
    args: [module, String(port)],
    profileDir,
  });
  return {
    variant,
    role: 'server',
    pids: [worker.pid],
    usage: () => worker.usage(),
    worker,
    base: `http://127.0.0.1:${port}`,
  };
}

/** @throws when a variant does less than the others: every one must answer alike, and refuse what is not valid */
async function check({ variant, base }: Opened): Promise<void> {
  const post = (body: object) =>
    fetch(base + paths.profiles, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const answers = [await fetch(base + paths.profile), await post(registration)];
  const refusals = [await fetch(`${base}/profiles/1`), await post({ ...registration, email: 'grace' })];
  for (const answer of answers) {
    const { data }: { data?: { email?: string } } = JSON.parse(await answer.text());
    if (answer.status !== 200 || data?.email !== registration.email)
      throw new Error(`${variant} answers wrongly`);
  }
  for (const refusal of refusals) {
    await refusal.text();
    if (refusal.status !== 400) throw new Error(`${variant} takes what is not valid`);
  }
}

/** GET and POST of JSON, one server process each, loaded by wrk. */
export async function benchHttp({ rounds, seconds, only, profileDir, say }: BenchOptions): Promise<Table[]> {
  requireWrk();
  await using resources = new AsyncDisposableStack();
  const servers: Opened[] = [];
  for (const { variant, module } of chosen(httpVariants, only)) {
    const server = await open(variant, module, profileDir);
    resources.use(server.worker);
    await check(server);
    servers.push(server);
  }
  for (const kind of kinds) {
    for (const { base } of servers) await wrk({ ...kind, url: base + kind.path, seconds: warmUpSeconds });
  }

  const runs = new Map<Kind, Run[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [kind, measured] of runs) {
      for (const server of rotated(servers, round))
        measured.push(await measureLoad(server, { ...kind, url: server.base + kind.path, seconds }, round));
    }
    say(`http: round ${round + 1} of ${rounds}`);
  }
  return Array.from(runs, ([{ method }, measured]) =>
    comparison(`HTTP ${method}, ${usualConnections} connections`, measured, httpLimit, 'fastify'),
  );
}
