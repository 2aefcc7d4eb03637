import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';

/** What is waited for, who hears of it, and what ends the wait. */
export interface Wait {
  name: string;
  logger?: Pick<Logger, 'info' | 'warn'> | undefined;
  signal?: AbortSignal | undefined;
  /** Which failures are worth another try; others are thrown. @default all of them */
  retry?: (error: unknown) => boolean;
}

/** How pauses grow; every time is in milliseconds. */
export interface PauseGrowth {
  /** @default 50 */
  firstMs?: number;
  /** @default 1000: a service is to be ready soon after what it needs */
  longestMs?: number;
  /** @default 2 */
  factor?: number;
}

/** How long to wait before the next try, when this many have failed before the last: half of it at random. */
export function pauseMs(
  failures: number,
  { firstMs = 50, longestMs = 1_000, factor = 2 }: PauseGrowth = {},
): number {
  return Math.min(longestMs, firstMs * factor ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}

/** Tries until it succeeds or the signal aborts; each reason to wait is logged once, not each try. */
export async function untilReady<T>(attempt: () => Promise<T>, wait: Wait): Promise<T> {
  const { name, logger, signal, retry = () => true } = wait;
  let reason: string | undefined;
  for (let failures = 0; ; failures++) {
    signal?.throwIfAborted();
    try {
      const result = await attempt();
      if (reason !== undefined) logger?.info({}, `${name} is there`);
      return result;
    } catch (error) {
      if (!retry(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      if (message !== reason) logger?.warn({ reason: message }, `waiting for ${name}`);
      reason = message;
    }
    await sleep(pauseMs(failures), undefined, signal === undefined ? {} : { signal });
  }
}
