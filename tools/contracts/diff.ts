// npm run contracts:diff -- [REVISION]: what changed in the documents of contracts/ since a git revision (default HEAD).
// Exit code 0: nothing, or only what hurts nobody. 1: something that breaks who relied on it. 2: no such revision.
import { compareAsyncApi } from './compatibility/asyncapi.ts';
import type { Change, Json } from './compatibility/change.ts';
import { compareOpenApi } from './compatibility/openapi.ts';
import { RevisionError, readRevision, readWorkingTree } from './revision.ts';

const revision = process.argv[2] ?? 'HEAD';

function changesOf(path: string, old: Json | undefined, next: Json | undefined): Change[] {
  if (next === undefined) return [{ breaking: true, where: path, what: 'is not there any more' }];
  if (old === undefined) return [{ breaking: false, where: path, what: 'is new' }];
  return path.endsWith('/openapi.json') ? compareOpenApi(old, next) : compareAsyncApi(old, next);
}

function print(path: string, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  console.log(path);
  for (const { breaking, where, what } of changes.toSorted(
    (a, b) => Number(b.breaking) - Number(a.breaking),
  )) {
    console.log(`  ${breaking ? 'BREAKING  ' : 'compatible'}  ${where}: ${what}`);
  }
}

try {
  const [old, next] = [await readRevision(process.cwd(), revision), await readWorkingTree(process.cwd())];
  const changes = [...new Set([...old.keys(), ...next.keys()])].sort().flatMap((path) => {
    const found = changesOf(path, old.get(path), next.get(path));
    print(path, found);
    return found;
  });
  const broken = changes.filter(({ breaking }) => breaking).length;
  console.log(`${changes.length} changes since ${revision}, ${broken} of them breaking`);
  process.exitCode = broken > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof RevisionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
