import { startNats } from '@tsmicro/stack';
import { paths } from '../http/exchange.js';
import { firstAnswer } from '../http/first-answer.ts';
import { httpLimit, httpVariants, serverScript } from '../http/variant.ts';
import { natsLimit, natsScripts, natsVariants } from '../nats/variant.ts';
import { Worker } from '../worker/worker.ts';

/** Something whose start is watched: how to run it, and how to wait for its first answer. */
export interface Subject {
  variant: string;
  script: string;
  args: readonly string[];
  /** Asks until there is an answer. */
  first: () => Promise<void>;
}

/** Subjects of one kind, the first of which is what the others are measured against. */
export interface Subjects {
  title: string;
  limit: string;
  subjects: readonly Subject[];
}

/** The others differ in how they ask, which is not looked at here. */
const natsNames = new Set([natsLimit, 'tsmicro', 'nest', 'moleculer']);

/** A service with one endpoint on NATS, asked by a process that is connected already. */
export async function natsSubjects(resources: AsyncDisposableStack): Promise<Subjects> {
  const server = resources.use(await startNats());
  const subjects: Subject[] = [];
  for (const { variant, module } of natsVariants.filter((one) => natsNames.has(one.variant))) {
    const args = [module, server.url];
    const requester = resources.use(
      await Worker.start({ name: `${variant} requester`, script: natsScripts.requester, args }),
    );
    const first = () => requester.ask<void>({ name: 'first' });
    subjects.push({ variant, script: natsScripts.responder, args, first });
  }
  return { title: 'Start and rest of a service with one NATS endpoint', limit: natsLimit, subjects };
}

/** An HTTP server with two routes, each on this port in its turn. */
export function httpSubjects(port: number): Subjects {
  const first = () => firstAnswer(`http://127.0.0.1:${port}${paths.profile}`);
  const subjects = httpVariants.map(({ variant, module }) => ({
    variant,
    script: serverScript,
    args: [module, String(port)],
    first,
  }));
  return { title: 'Start and rest of an HTTP server with two routes', limit: httpLimit, subjects };
}
