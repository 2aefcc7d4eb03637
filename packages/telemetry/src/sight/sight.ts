// What a process remembers of its operations while somebody looks: the last few thousand as spans, and which requests were
// slow. It looks for as long as a lease says and no longer; without one nothing is made and nothing is listened to. The
// ids are those that are sent on in traceparent, so that the spans of all processes fit together, with and without
// OpenTelemetry.
import { createTraceparent, traceIdOf } from '@tsmicro/network';
import { channelOf, databases, outcomeOf, type SeenOperation, traceOf } from '../operation-kind.ts';
import { createSpanId } from './span-id.ts';
import { type SeenSpan, SpanRing } from './span-ring.ts';

/** How long somebody looks from now on, and what is slow to them. */
export interface SightLease {
  readonly leaseMs: number;
  readonly slowMs: number;
}

/** A request that took long. */
export interface SlowRequest {
  readonly traceId: string;
  readonly name: string;
  readonly durationMs: number;
}

const ringSize = 4_096;
const longestLeaseMs = 10_000;
/** The slowest request of each such time is told of. */
const periodMs = 250;
/** What lasts longer is no request but a stream that somebody follows. */
const longestRequestMs = 30_000;
const servers = ['http.server', 'nats.server'] as const;
const clients = ['http.client', 'nats.client', ...Object.keys(databases)];

/** Under which a request is told of: with its method, where it has one. */
const titleOf = ({ method, name }: SeenOperation) => (method === undefined ? name : `${method} ${name}`);

/** Makes spans under a lease, and tells of slow requests. */
export class Sight {
  readonly #ring = new SpanRing(ringSize);
  readonly #listeners = new Set<(slow: SlowRequest) => void>();
  #ends: (() => void)[] = [];
  #lease: NodeJS.Timeout | undefined;
  #slowMs = 0;
  #slowest: SlowRequest | undefined;
  /** How far the ring was when the slowest one ended. */
  #slowestAt = 0;
  #telling: NodeJS.Timeout | undefined;

  /** Whether somebody looks. */
  get watching(): boolean {
    return this.#lease !== undefined;
  }

  /** Looks for `leaseMs`, ten seconds at most, from now on; a lease that holds already is replaced. */
  watch({ leaseMs, slowMs }: SightLease): void {
    this.#slowMs = slowMs;
    if (this.#lease === undefined) this.#begin();
    clearTimeout(this.#lease);
    this.#lease = setTimeout(() => this.close(), Math.min(leaseMs, longestLeaseMs)).unref();
  }

  /**
   * Calls `listener` with the slowest request of each quarter of a second, if it was slow: those over HTTP, and those over
   * NATS that no other request caused. @returns what ends that
   */
  onSlow(listener: (slow: SlowRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is remembered of these traces, at most 256 spans of each. */
  collect(traceIds: readonly string[]): SeenSpan[] {
    return this.#ring.of(new Set(traceIds));
  }

  /** Looks no more, and forgets; another lease begins anew. */
  close(): void {
    clearTimeout(this.#lease);
    clearTimeout(this.#telling);
    this.#lease = undefined;
    this.#telling = undefined;
    this.#slowest = undefined;
    for (const end of this.#ends.splice(0)) end();
    this.#ring.clear();
  }

  #begin(): void {
    const follow = (kind: string, onStart: (operation: SeenOperation) => void, isServer: boolean) =>
      channelOf(kind).subscribe({ onStart, onEnd: (operation) => this.#end(operation, kind, isServer) });
    this.#ends = [
      ...servers.map((kind) => follow(kind, beginServer, true)),
      ...clients.map((kind) => follow(kind, beginClient, false)),
    ];
  }

  #end(operation: SeenOperation, kind: string, isServer: boolean): void {
    const { parent, traceparent, name, startedAt, durationMs = 0, status } = operation;
    // It began before the lease, or belongs to no request.
    if (parent === undefined || traceparent === undefined) return;
    this.#ring.add({
      traceparent,
      parent,
      kind,
      name: kind === 'http.server' ? titleOf(operation) : name,
      startedAt,
      durationMs,
      status,
      outcome: outcomeOf(operation),
    });
    if (isServer && (kind === 'http.server' || parent === ''))
      this.#judge(operation, traceparent, durationMs);
    // What is told of too late is no longer in the ring.
    if (this.#slowest !== undefined && this.#ring.written - this.#slowestAt > ringSize / 2) this.#tell();
  }

  #judge(operation: SeenOperation, traceparent: string, durationMs: number): void {
    const least = this.#slowest?.durationMs ?? this.#slowMs;
    if (durationMs < least || durationMs > longestRequestMs) return;
    this.#slowest = { traceId: traceIdOf(traceparent), name: titleOf(operation), durationMs };
    this.#slowestAt = this.#ring.written;
    this.#telling ??= setTimeout(() => this.#tell(), periodMs).unref();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const slow = this.#slowest;
    this.#slowest = undefined;
    if (slow !== undefined) for (const listener of this.#listeners) listener(slow);
  }
}

/** A request belongs to the trace that it names, or begins one; what it sends on belongs to it. */
function beginServer(operation: SeenOperation): void {
  if (operation.parent !== undefined) return;
  const trace = traceOf(operation);
  operation.parent = trace?.traceparent ?? '';
  operation.traceparent = trace === undefined ? createTraceparent() : childOf(trace.traceparent);
}

/** Work of no request, such as a look for what waits, has no way to be on. */
function beginClient(operation: SeenOperation): void {
  if (operation.parent !== undefined) return;
  const trace = traceOf(operation);
  if (trace === undefined) return;
  operation.parent = trace.traceparent;
  operation.traceparent = childOf(trace.traceparent);
}

const childOf = (parent: string) => `00-${traceIdOf(parent)}-${createSpanId()}-${parent.slice(53, 55)}`;
