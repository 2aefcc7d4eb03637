// A program for production: makes the streams of events and the consumers of the services, and sees to it once a minute
// that they are there, as the user for that. MADE_FILE is there from the first time on, for a health check.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeEventStreams } from './event-streams.ts';

const everyMs = 60_000;
const patienceMs = 30_000;
const { NATS_URL_FILE = '', NATS_REPLICAS = '1', MADE_FILE = '' } = process.env;

/** Each service that is built on the contract of another. */
const hearers = [{ service: 'blog', hears: ['auth'] }];

process.once('SIGTERM', () => process.exit(0));
for (;;) {
  try {
    const url = readFileSync(NATS_URL_FILE, 'utf8').trim();
    const wanted = { hearers, replicas: Number(NATS_REPLICAS) };
    await makeEventStreams(url, wanted, AbortSignal.timeout(patienceMs));
    if (MADE_FILE !== '') writeFileSync(MADE_FILE, '');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  await sleep(everyMs);
}
