import { traceIdOf } from '@tsmicro/network';

/** An operation that has ended, as the way of a request shows it. */
export interface SeenSpan {
  readonly id: string;
  readonly traceId: string;
  /** That of the operation that caused it, here or elsewhere; absent where a trace begins. */
  readonly parentId?: string;
  /** The kind of the operation, such as "http.server". */
  readonly kind: string;
  readonly name: string;
  /** In milliseconds of the epoch, with fractions, by the clock of this process. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly status?: number;
  /** "ok", the fault of a dependency, or "error". */
  readonly outcome: string;
}

/** A place of the ring; it is written to again when its turn comes. */
interface Slot {
  traceparent: string;
  parent: string;
  kind: string;
  name: string;
  startedAt: number;
  durationMs: number;
  status: number | undefined;
  outcome: string;
}

/** What is written down of an operation, its start in milliseconds of `performance.now()`. */
export type EndedOperation = Readonly<Slot>;

/** The id of the span that a traceparent names. */
const spanIdOf = (traceparent: string) => traceparent.slice(36, 52);

/** A request with more operations than this is shown in part. */
const maxSpansOfTrace = 256;

function toSpan({ traceparent, parent, startedAt, status, ...slot }: Slot): SeenSpan {
  return {
    ...slot,
    id: spanIdOf(traceparent),
    traceId: traceIdOf(traceparent),
    ...(parent === '' ? {} : { parentId: spanIdOf(parent) }),
    startedAt: performance.timeOrigin + startedAt,
    ...(status === undefined ? {} : { status }),
  };
}

/** The operations that ended last; the places are made as they are needed, and are written to again and again. */
export class SpanRing {
  readonly size: number;
  readonly #slots: Slot[] = [];
  #written = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** How many have been added so far. */
  get written(): number {
    return this.#written;
  }

  add(ended: EndedOperation): void {
    const at = this.#written++ % this.size;
    const slot = this.#slots[at];
    if (slot === undefined) {
      this.#slots[at] = { ...ended };
      return;
    }
    // One by one: Object.assign costs more than all the rest.
    slot.traceparent = ended.traceparent;
    slot.parent = ended.parent;
    slot.kind = ended.kind;
    slot.name = ended.name;
    slot.startedAt = ended.startedAt;
    slot.durationMs = ended.durationMs;
    slot.status = ended.status;
    slot.outcome = ended.outcome;
  }

  /** The spans of these traces that are still there, in the order in which they ended. */
  of(traceIds: ReadonlySet<string>): SeenSpan[] {
    const found: SeenSpan[] = [];
    const counts = new Map<string, number>();
    const oldest = Math.max(0, this.#written - this.size);
    for (let at = oldest; at < this.#written; at++) {
      const slot = this.#slots[at % this.size];
      const traceId = slot === undefined ? '' : traceIdOf(slot.traceparent);
      if (slot === undefined || !traceIds.has(traceId)) continue;
      const count = counts.get(traceId) ?? 0;
      counts.set(traceId, count + 1);
      if (count < maxSpansOfTrace) found.push(toSpan(slot));
    }
    return found;
  }

  /** Forgets all. */
  clear(): void {
    this.#slots.length = 0;
    this.#written = 0;
  }
}
