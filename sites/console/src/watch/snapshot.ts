/** What the system looks like at one moment: everything that a page of the console shows. */
export interface Snapshot {
  /** When it was taken, in milliseconds of the epoch. */
  readonly at: number;
  readonly nodes: readonly MapNode[];
  readonly lines: readonly MapLine[];
  readonly routes: readonly RouteFigures[];
  readonly endpoints: readonly EndpointFigures[];
  /** The newest slow requests, newest first. */
  readonly slow: readonly Trace[];
  /** The newest events, newest first. */
  readonly events: readonly SeenEvent[];
  readonly relays: readonly RelayFigures[];
  readonly consumers: readonly ConsumerFigures[];
  readonly caches: readonly CacheFigures[];
  readonly parked: readonly ParkedView[];
  /** The sources that cannot be read now, each in words. */
  readonly faults: readonly string[];
}

/** What a node of the map is. */
export type NodeKind = 'gateway' | 'service' | 'site' | 'nats' | 'postgres' | 'mongo' | 'redis';

/** How a node is: `gone` is an instance that left or died, shown for a minute more. */
export type NodeHealth = 'up' | 'degraded' | 'down' | 'gone';

/** One instance of a process, or one server that the processes use. */
export interface MapNode {
  /** Names the node for good: the lines refer to it. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly name: string;
  /** The id by which the instance answers on NATS; a server that is used has none. */
  readonly instance?: string;
  readonly health: NodeHealth;
  /** Since when its health is so, in milliseconds of the epoch. */
  readonly since: number;
  readonly address?: string;
  readonly version?: string;
  readonly memoryMiB?: number;
  readonly perSec?: number;
  readonly errorsPerSec?: number;
  /** Why it is not up, in words. */
  readonly note?: string;
}

/** Who talks to whom: from the one who asks to the one who is asked. */
export interface MapLine {
  readonly from: string;
  readonly to: string;
  readonly kind: 'http' | 'nats' | 'database' | 'cache';
  readonly perSec: number;
  readonly errorsPerSec: number;
  readonly p95Ms?: number;
}

/** How much of something happens, and how long it takes. */
export interface Figures {
  readonly perSec: number;
  readonly errorsPerSec: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** `perSec` of the last sixty seconds, oldest first. */
  readonly history: readonly number[];
}

/** An HTTP route of a process, over all its instances. */
export interface RouteFigures extends Figures {
  readonly service: string;
  readonly method: string;
  readonly route: string;
}

/** A NATS endpoint of a service, over all its instances. */
export interface EndpointFigures extends Figures {
  readonly service: string;
  readonly subject: string;
  /** What the instances that run now have answered since they started. */
  readonly total: number;
}

/** A request and the way it took through the processes. */
export interface Trace {
  readonly id: string;
  readonly name: string;
  /** In milliseconds of the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly status?: number;
  /** Each after the one it belongs to, by their start. */
  readonly spans: readonly Span[];
}

/** What a span is the time of. */
export type SpanKind =
  | 'http.server'
  | 'http.client'
  | 'nats.server'
  | 'nats.client'
  | 'postgres'
  | 'mongo'
  | 'redis';

/** One piece of work of one process on the way of a request. */
export interface Span {
  readonly id: string;
  readonly parentId?: string;
  readonly service: string;
  readonly kind: SpanKind;
  readonly name: string;
  /** From the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status?: number;
  readonly outcome: string;
}

/** A domain event as it passed. */
export interface SeenEvent {
  /** Its place in the stream, where that is known. */
  readonly sequence?: number;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  readonly data: unknown;
}

/** What the outbox of one instance holds back. */
export interface RelayFigures {
  readonly service: string;
  readonly instance: string;
  readonly waiting: number;
  readonly oldestSec: number;
  readonly published: number;
}

/** What one consumer has done and has before it. */
export interface ConsumerFigures {
  readonly name: string;
  readonly service: string;
  readonly pending: number;
  readonly handled: number;
  readonly failed: number;
  readonly parked: number;
}

/** How often a cache is asked, and how often it knew. */
export interface CacheFigures {
  readonly service: string;
  readonly name: string;
  readonly perSec: number;
  /** From 0 to 1; unknown while nobody asks. */
  readonly hitRatio?: number;
}

/** An event that a consumer gave up, for people to look at. */
export interface ParkedView {
  readonly sequence: number;
  readonly service: string;
  readonly consumer: string;
  readonly type: string;
  readonly reason: string;
  readonly tries: number;
  /** RFC 3339. */
  readonly parkedAt: string;
  /** The event as indented JSON, at most 4 KiB of it. */
  readonly data: string;
}
