import { addKey, type RotatedKey, readKeyDirectory, removeKey } from './key-directory.ts';

/** How keys are rotated. */
export interface RotationOptions {
  /** Milliseconds until the new key signs: in that time every instance has to see it. */
  overlapMs: number;
  /** Longest life of a token, in milliseconds. */
  longestValidityMs: number;
  /** Permissions of the new private key. */
  mode?: number;
}

/** What a rotation did. */
export interface Rotation {
  added: RotatedKey;
  /** Keys that sign no more, whose private halves are gone now. */
  stripped: RotatedKey[];
  /** Keys of which no token can be in force any more: both halves are gone now. */
  removed: RotatedKey[];
  /** The other keys, oldest first: the last of them signs until the new one does. */
  kept: RotatedKey[];
}

/** A key is needed for so long after another took over: clocks differ. */
const marginMs = 60_000;

/**
 * Adds a key that signs from the end of the overlap on, and takes away what nobody needs any more.
 * @returns undefined, and nothing was done, while the key added last does not sign yet
 */
export async function rotateKeys(
  directory: string,
  { overlapMs, longestValidityMs, mode }: RotationOptions,
): Promise<Rotation | undefined> {
  const now = Date.now();
  const keys = await readKeyDirectory(directory);
  if ((keys.at(-1)?.signsFrom ?? 0) > now) return undefined;
  // A name is a whole second, and a new one.
  const soonest = Math.max(now + overlapMs, (keys.at(-1)?.signsFrom ?? 0) + 1_000);
  const signsFrom = Math.ceil(soonest / 1_000) * 1_000;
  await addKey(directory, { signsFrom, ...(mode === undefined ? {} : { mode }) });
  const endedSince = (index: number) => now - (keys[index + 1]?.signsFrom ?? now) - marginMs;
  const removed = keys.filter((_, index) => endedSince(index) > longestValidityMs);
  const stripped = keys.filter(
    (key, index) => key.privateKey && endedSince(index) > 0 && !removed.includes(key),
  );
  for (const key of removed) await removeKey(directory, key.signsFrom, ['private', 'public']);
  for (const key of stripped) await removeKey(directory, key.signsFrom, ['private']);
  const added = (await readKeyDirectory(directory)).find((key) => key.signsFrom === signsFrom);
  if (added === undefined) throw new Error(`the new key in ${directory} is gone again`);
  return { added, stripped, removed, kept: keys.filter((key) => !removed.includes(key)) };
}
