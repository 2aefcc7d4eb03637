import { setTimeout as sleep } from 'node:timers/promises';
import type { MongoLogger } from './options.ts';

/** What is waited for, who hears of it, and what ends the wait. */
export interface Wait {
  name: string;
  logger?: MongoLogger | undefined;
  signal?: AbortSignal | undefined;
}

// Never more than a second apart: a service is to be ready soon after its database is.
const LONGEST_PAUSE_MS = 1000;

function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

/** Tries until it succeeds or the signal aborts; each reason to wait is logged once, not each try. */
export async function untilReady<T>(attempt: () => Promise<T>, { name, logger, signal }: Wait): Promise<T> {
  let reason: string | undefined;
  for (let failures = 0; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      const result = await attempt();
      if (reason !== undefined) logger?.info({}, `${name} is there`);
      return result;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== reason) logger?.warn({ reason: message }, `waiting for ${name}`);
      reason = message;
    }
    await sleep(pauseMs(failures), undefined, signal === undefined ? {} : { signal });
  }
}
