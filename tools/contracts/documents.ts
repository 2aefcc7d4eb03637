import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { System } from '../../test/system.ts';
import type { Json } from './compatibility/change.ts';

/** What each service describes itself by. */
export const documentNames = ['openapi.json', 'asyncapi.json'] as const;

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

/** A document as it is committed: readable, and the same text for the same contract. */
export const print = (document: Json) => `${JSON.stringify(document, null, 2)}\n`;

/** The documents of every service of a running system, by their path in the repository. */
export async function readRunning(system: System): Promise<Map<string, Json>> {
  const addresses: Readonly<Record<string, unknown>> = { ...(await system.addresses()) };
  const services = await readdir(join(root, 'services'));
  const found = new Map<string, Json>();
  for (const service of services.sort()) {
    for (const name of documentNames) {
      const answer = await fetch(`${addresses[service]}/${name}`, { signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`${service} answered GET /${name} with ${answer.status}`);
      found.set(`contracts/${service}/${name}`, (await answer.json()) as Json);
    }
  }
  return found;
}

/** Writes documents to their places. */
export async function writeDocuments(documents: ReadonlyMap<string, Json>): Promise<void> {
  for (const [path, document] of documents) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, print(document));
  }
}
