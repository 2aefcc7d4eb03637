import { LRUCache } from 'lru-cache';

/** A use is written when the last one that was is so old. */
const apartMs = 60_000;
/** Uses are written together, so long after the first of them. */
const gatherMs = 1_000;
/** Uses that are remembered, or wait: beyond it some are not written. */
const maxUses = 10_000;

/** Notes when sessions, or API keys, are used, behind the requests' back, each once a minute. */
export class LastUse {
  readonly #write: (ids: readonly string[]) => Promise<void>;
  readonly #written = new LRUCache<string, true>({ max: maxUses, ttl: apartMs });
  #waiting: string[] = [];
  #writing = false;

  /** `write` notes those with these ids as used now; what it throws is a use that nobody sees. */
  constructor(write: (ids: readonly string[]) => Promise<void>) {
    this.#write = write;
  }

  /** The one with this id is used now. */
  note(id: string): void {
    if (this.#written.has(id) || this.#waiting.length >= maxUses) return;
    this.#written.set(id, true);
    this.#waiting.push(id);
    if (this.#writing) return;
    this.#writing = true;
    setTimeout(() => void this.#flush(), gatherMs).unref();
  }

  async #flush(): Promise<void> {
    this.#writing = false;
    const ids = this.#waiting;
    this.#waiting = [];
    await this.#write(ids).catch(() => {});
  }
}
