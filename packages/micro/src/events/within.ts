import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `work`, but no longer than `deadlineMs`. @returns whether it ended in time; what it threw is its owner's */
export async function within(deadlineMs: number, work: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const deadline = sleep(deadlineMs, false, { signal: late.signal }).catch(() => false);
  const ended = work.then(
    () => true,
    () => true,
  );
  const done = await Promise.race([ended, deadline]);
  late.abort();
  return done;
}
