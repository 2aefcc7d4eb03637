import type { SpansMessage } from '@tsmicro/service';
import { operationMetrics } from '../metrics/reading.ts';
import type { SpanKind, Trace } from '../snapshot.ts';
import { assembleTrace, type ToldSpan } from './way.ts';

interface Entry {
  readonly notedAt: number;
  readonly durationMs: number;
  readonly spans: Map<string, ToldSpan>;
  trace: Trace | undefined;
}

const maxTraces = 60;
const maxSpans = 512;
/** The newest are shown, however quick they were; of the others the quickest make room. */
const newest = 30;
const forgetMs = 10 * 60_000;

const isSpanKind = (kind: string): kind is SpanKind => Object.hasOwn(operationMetrics, kind);

/** The slow requests of the last minutes, and what was told of each. Bounded. */
export class TraceBook {
  readonly #entries = new Map<string, Entry>();
  readonly #isOwn: (service: string) => boolean;

  /** What passed through one that `isOwn` is not shown: who looks would see himself look. */
  constructor(isOwn: (service: string) => boolean) {
    this.#isOwn = isOwn;
  }

  /** A request was slow. @returns whether it is news */
  note(id: string, durationMs: number): boolean {
    if (this.#entries.has(id)) return false;
    const entry = { notedAt: Date.now(), durationMs, spans: new Map<string, ToldSpan>(), trace: undefined };
    this.#entries.set(id, entry);
    if (this.#entries.size > maxTraces) this.#makeRoom();
    return true;
  }

  /** What an instance knows of some of them; of others nothing is kept. */
  add(service: string, { instance, spans }: SpansMessage): void {
    for (const { traceId, kind, ...span } of spans) {
      const entry = this.#entries.get(traceId);
      if (entry === undefined || !isSpanKind(kind) || entry.spans.size >= maxSpans) continue;
      entry.spans.set(span.id, { ...span, service, instance, kind });
      entry.trace = undefined;
    }
  }

  /** All that something is known of, newest first. */
  traces(): Trace[] {
    const found: Trace[] = [];
    for (const [id, entry] of this.#entries) {
      if (Date.now() - entry.notedAt > forgetMs) this.#entries.delete(id);
      else if (![...entry.spans.values()].some(({ service }) => this.#isOwn(service))) {
        entry.trace ??= assembleTrace(id, [...entry.spans.values()]);
        if (entry.trace !== undefined) found.push(entry.trace);
      }
    }
    return found.sort((a, b) => b.startedAt - a.startedAt);
  }

  clear(): void {
    this.#entries.clear();
  }

  #makeRoom(): void {
    const older = [...this.#entries].slice(0, -newest);
    const [quickest] = older.sort(([, a], [, b]) => a.durationMs - b.durationMs);
    if (quickest !== undefined) this.#entries.delete(quickest[0]);
  }
}
