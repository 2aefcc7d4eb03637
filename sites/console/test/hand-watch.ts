import type { Viewer, Watched } from '../src/live/current.ts';
import type { Snapshot } from '../src/watch/snapshot.ts';

/** A watch whose snapshots come from the test's hand. */
export class HandWatch implements Watched {
  latest: Snapshot | undefined;
  readonly #viewers = new Set<(snapshot: Snapshot) => void>();

  get viewers(): number {
    return this.#viewers.size;
  }

  join(): Viewer {
    let heard: ((snapshot: Snapshot) => void) | undefined;
    return {
      onSnapshot: (hear) => {
        heard = hear;
        this.#viewers.add(hear);
      },
      leave: () => {
        if (heard !== undefined) this.#viewers.delete(heard);
      },
    };
  }

  show(snapshot: Snapshot): void {
    this.latest = snapshot;
    for (const hear of this.#viewers) hear(snapshot);
  }
}
