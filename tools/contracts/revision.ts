import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Json } from './compatibility/change.ts';
import { documentNames } from './documents.ts';

const pattern = `contracts/*/{${documentNames.join(',')}}`;
const isDocument = (path: string) => /^contracts\/[^/]+\/(?:openapi|asyncapi)\.json$/.test(path);
const maxBytes = 64 * 1024 * 1024;

/** A revision that git does not know. */
export class RevisionError extends Error {
  override readonly name = 'RevisionError';
}

async function git(directory: string, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', words, { cwd: directory, maxBuffer: maxBytes });
  return stdout;
}

function parse(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new Error(`${path} is not JSON`, { cause });
  }
}

/** The documents in the working tree, by path. */
export async function readWorkingTree(directory: string): Promise<Map<string, Json>> {
  const paths = await Array.fromAsync(glob(pattern, { cwd: directory }));
  const documents = paths.map(
    async (path): Promise<[string, Json]> => [
      path,
      parse(await readFile(join(directory, path), 'utf8'), path),
    ],
  );
  return new Map((await Promise.all(documents)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The documents of a revision, by path. @throws {RevisionError} when there is no such revision */
export async function readRevision(directory: string, revision: string): Promise<Map<string, Json>> {
  let commit: string;
  try {
    commit = (
      await git(directory, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
    ).trim();
  } catch (cause) {
    throw new RevisionError(`git knows no revision "${revision}"`, { cause });
  }
  const listed = await git(directory, 'ls-tree', '-r', '--name-only', commit, 'contracts/');
  const documents = new Map<string, Json>();
  for (const path of listed.split('\n').filter(isDocument)) {
    documents.set(path, parse(await git(directory, 'show', `${commit}:${path}`), `${path} of ${revision}`));
  }
  return documents;
}
