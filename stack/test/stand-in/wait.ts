import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 20;

/** Asks again and again until the answer is yes; fails with `what` at the deadline. */
export async function waitFor(
  what: string,
  question: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await question())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(pollMs);
  }
}
