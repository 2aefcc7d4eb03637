import type { Snapshot } from '../watch/snapshot.ts';

/** Somebody who looks: while there is one, the sources are asked. */
export interface Viewer {
  onSnapshot(hear: (snapshot: Snapshot) => void): void;
  leave(): void;
}

/** What the pages need of the watch. */
export interface Watched {
  /** What was seen last, if anything ever was. */
  readonly latest: Snapshot | undefined;
  join(): Viewer;
}

/** Older than this, what was seen last is from before anybody looked. */
const freshMs = 2_500;
const patienceMs = 1_500;

/** The system as it is now: seen a moment ago, or the first that is seen from now on; undefined when that takes too long. */
export function currentSnapshot(watched: Watched): Promise<Snapshot | undefined> {
  const { latest } = watched;
  if (latest !== undefined && Date.now() - latest.at < freshMs) return Promise.resolve(latest);
  const viewer = watched.join();
  return new Promise<Snapshot | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patienceMs);
    viewer.onSnapshot((snapshot) => {
      clearTimeout(timer);
      resolve(snapshot);
    });
  }).finally(() => viewer.leave());
}
