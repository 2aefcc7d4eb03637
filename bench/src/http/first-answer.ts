import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const retryMs = 2;
const firstMs = 60_000;

function isAnswered(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode === 200));
    }).once('error', () => resolve(false));
  });
}

/** Asks until there is an answer of 200. @throws after a minute without one */
export async function firstAnswer(url: string): Promise<void> {
  const giveUpAt = performance.now() + firstMs;
  while (!(await isAnswered(url))) {
    if (performance.now() > giveUpAt) throw new Error(`nothing answers at ${url}`);
    await sleep(retryMs);
  }
}
