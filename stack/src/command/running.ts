import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Check } from 'typebox/value';
import { ControlClient } from '../control/client.ts';
import { ControlAddress } from '../control/protocol.ts';
import { Home, readJson } from '../home/home.ts';
import { Lock } from '../home/lock.ts';
import type { StackDefinition } from '../launcher/definition.ts';
import { alive } from '../process/tree.ts';

const appearMs = 5_000;
const startMs = 90_000;
const endMs = 20_000;
const pollMs = 50;

/** The launcher that holds the lock; it may have been started a moment ago and not listen yet. */
export async function findRunning(home: Home): Promise<ControlClient> {
  const deadline = Date.now() + appearMs;
  for (;;) {
    const client = await ControlClient.find(home.controlFile);
    if (client) return client;
    if (Date.now() > deadline) break;
    await sleep(pollMs);
  }
  const address = readJson(home.controlFile);
  const who = Check(ControlAddress, address) ? ` (pid ${address.pid})` : '';
  throw new Error(
    `The stack's launcher${who} runs and does not answer: end it with kill -9, then npm run stop`,
  );
}

/** The launcher of this stack, for commands that need it. @throws Error when none runs */
export async function requireRunning({ home, title }: StackDefinition): Promise<ControlClient> {
  const { path, controlFile } = new Home(home);
  const client = existsSync(path) ? await ControlClient.find(controlFile) : undefined;
  if (!client) throw new Error(`${title} does not run.`);
  return client;
}

function ended(home: Home): boolean {
  using lock = Lock.take(home.lockFile);
  return lock !== undefined;
}

/**
 * The launcher that holds the lock, once all it starts is ready.
 * @throws Error when it ends before that, or takes more than 90 s
 */
export async function waitForStart(home: Home, title: string): Promise<ControlClient> {
  const deadline = Date.now() + startMs;
  for (;;) {
    const client = await ControlClient.find(home.controlFile);
    const status = await client?.status().catch(() => undefined);
    if (client && status?.state === 'ready') return client;
    if (ended(home)) {
      throw new Error(
        `Another command was starting ${title}, and that has failed or was stopped (npm run logs -- stack): nothing runs`,
      );
    }
    if (Date.now() > deadline) {
      throw new Error(
        `Another command is starting ${title}, which is not ready after ${startMs / 1000} s: npm run status shows more`,
      );
    }
    await sleep(pollMs);
  }
}

/** Asks the launcher to stop everything and waits until its process has ended. */
export async function stopRunning(client: ControlClient): Promise<void> {
  await client.stop();
  const deadline = Date.now() + endMs;
  while (alive(client.pid)) {
    if (Date.now() > deadline)
      throw new Error(`The launcher (pid ${client.pid}) has not ended after ${endMs / 1000} s`);
    await sleep(pollMs);
  }
}
