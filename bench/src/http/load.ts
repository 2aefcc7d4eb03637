import { watchOthers } from '../measure/bystander.ts';
import type { Run } from '../measure/run.ts';
import type { Usage } from '../worker/worker.ts';
import { type WrkRequest, wrk } from './wrk.ts';

/** A server under load. */
export interface LoadedServer {
  readonly variant: string;
  /** How its CPU time is called. */
  readonly role: string;
  /** Its processes, and those that work for it: what they take is not taken by others. */
  readonly pids: readonly number[];
  usage(): Promise<Usage>;
}

/** What a load came to, and of how many requests. */
export interface LoadedRun extends Run {
  readonly requests: number;
}

/** Loads a server by wrk, and watches what that takes. */
export async function measureLoad(
  server: LoadedServer,
  request: WrkRequest,
  round: number,
): Promise<LoadedRun> {
  const before = await server.usage();
  const others = watchOthers(server.pids);
  const load = await wrk(request);
  const othersCores = others();
  const after = await server.usage();
  return {
    variant: server.variant,
    round,
    requests: load.requests,
    perSecond: ((load.requests - load.errors) / load.durationUs) * 1e6,
    p50Ms: load.p50Us / 1_000,
    p99Ms: load.p99Us / 1_000,
    errors: load.errors,
    cpuUsPerRequest: { [server.role]: (after.cpuUs - before.cpuUs) / load.requests },
    othersCores,
  };
}
