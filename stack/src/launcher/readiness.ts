import { setTimeout as sleep } from 'node:timers/promises';
import { formatLine } from '../log/format.ts';
import type { Unit } from './unit.ts';

const pollMs = 50;
const requestTimeoutMs = 2_000;
const tooManyStarts = 3;

async function refusal(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
    await response.body?.cancel();
    return response.status === 200 ? undefined : `${url} answered ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `${url} did not answer (${cause instanceof Error ? cause.message : message})`;
  }
}

function formatLastWords({ name, lastWords }: Unit): string {
  return lastWords.map((line) => formatLine(name, line, false)).join('\n');
}

/** Why not all is ready yet; undefined when every unit answers, and every URL answers 200. */
async function obstacle(
  urls: readonly string[],
  units: ReadonlyMap<string, Unit>,
): Promise<string | undefined> {
  for (const { name, state } of units.values()) if (state !== 'ready') return `${name} is ${state}`;
  for (const url of urls) {
    const why = await refusal(url);
    if (why !== undefined) return why;
  }
  return undefined;
}

/**
 * Waits until every unit answers and every URL answers 200. Gives up at the deadline, and as soon as a unit has ended
 * three times: then the message holds what that unit printed last.
 */
export async function waitUntilReady(
  urls: readonly string[],
  units: ReadonlyMap<string, Unit>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const why = await obstacle(urls, units);
    if (why === undefined) return;
    signal.throwIfAborted();
    for (const unit of units.values()) {
      if (unit.restarts < tooManyStarts) continue;
      throw new Error(`${unit.name} ends again and again. Its last lines:\n${formatLastWords(unit)}`);
    }
    if (Date.now() > deadline) throw new Error(`not ready after ${timeoutMs / 1000} s: ${why}`);
    await sleep(pollMs);
  }
}
