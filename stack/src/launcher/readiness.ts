import { setTimeout as sleep } from 'node:timers/promises';
import { formatLine } from '../log/format.ts';
import type { Unit } from './unit.ts';

const pollMs = 50;
const requestTimeoutMs = 2_000;
const tooManyStarts = 3;

/** As a person's browser asks: a page that wants somebody to sign in leads to where that is done. */
const headers = { accept: 'text/html' };

async function refusal(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(requestTimeoutMs) });
    await response.body?.cancel();
    return response.status === 200 ? undefined : `${url} answered ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `${url} did not answer (${cause instanceof Error ? cause.message : message})`;
  }
}

function endsAgain({ name, lastWords }: Unit): Error {
  const lines = lastWords.map((line) => formatLine(name, line, false)).join('\n');
  return new Error(`${name} ends again and again. Its last lines:\n${lines}`);
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
      if (unit.restarts >= tooManyStarts) throw endsAgain(unit);
    }
    if (Date.now() > deadline) throw new Error(`not ready after ${timeoutMs / 1000} s: ${why}`);
    await sleep(pollMs);
  }
}

/**
 * Waits until a unit answers and says at `/health/ready` that all it needs is there.
 * @throws Error when it is stopped, does not start or takes longer; with its last lines when it ends again and again
 */
export async function waitUntilServing(unit: Unit, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const restartsBefore = unit.restarts;
  for (;;) {
    const { name, state, url, restarts } = unit;
    if (state === 'failed' || state === 'stopped') throw new Error(`${name} is ${state}`);
    if (restarts - restartsBefore >= tooManyStarts) throw endsAgain(unit);
    const why = state === 'ready' ? await refusal(`${url}/health/ready`) : `${name} is ${state}`;
    if (why === undefined) return;
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`${name} is not ready after ${timeoutMs / 1000} s: ${why}`);
    await sleep(pollMs);
  }
}
