import { setTimeout as sleep } from 'node:timers/promises';
import { Check } from 'typebox/value';
import { ControlClient } from '../control/client.ts';
import { ControlAddress } from '../control/protocol.ts';
import type { Home } from '../home/home.ts';
import { readJson } from '../home/home.ts';
import { alive } from '../process/tree.ts';

const appearMs = 5_000;
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
