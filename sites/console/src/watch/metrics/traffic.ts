import type { Member } from '../member/roll-call.ts';
import { type Amount, Flow, historyTurns } from './flow.ts';
import { type Counted, type OperationKind, operationMetrics, type Reading } from './reading.ts';

/** What passes one point, and which point: the parts of its name, such as a service, a method and a route. */
export interface Point {
  readonly parts: readonly string[];
  readonly flow: Flow;
}

/** What is told apart: each kind of point has names of its own. */
export type PointKind = 'route' | 'endpoint' | 'node' | 'arrival' | 'sent' | 'used' | 'cache';

const maxPoints = 4_000;
const kindOfMetric = new Map(
  Object.entries(operationMetrics).map(([kind, metric]) => [metric as string, kind as OperationKind]),
);

/** Asked by whoever looks after a process, again and again. */
const isHealth = (route = '') => /\/health(?:\/live|\/ready)?$/.test(route);

/** Whether a status, or the outcome of an operation, is a failure of who answered. */
function failed({ status, outcome }: Counted['labels']): boolean {
  if (outcome !== undefined) return outcome !== 'ok';
  return status === undefined || status === 'none' || Number(status) >= 500;
}

const nothing: Amount = { count: 0, errors: 0 };

/** What was counted between two readings; undefined when it was nothing. */
function difference(now: Counted, before: Counted | undefined): Amount | undefined {
  const restarted = before !== undefined && now.count < before.count;
  const base = restarted ? undefined : before;
  const count = now.count - (base?.count ?? 0);
  if (count <= 0) return undefined;
  const upTo = now.upTo.map((value, i) => Math.max(0, value - (base?.upTo[i] ?? 0)));
  return { count, errors: failed(now.labels) ? count : 0, upTo, boundsMs: now.boundsMs };
}

/** The rates of everything that the processes count, out of what each reading has more than the one before. */
export class Traffic {
  readonly #before = new Map<string, Reading>();
  readonly #points = new Map<PointKind, Map<string, Point>>();
  #count = 0;
  #secondsOfTurns: number[] = [];

  /** A new second. */
  turn(seconds: number): void {
    this.#secondsOfTurns = [...this.#secondsOfTurns, seconds].slice(-historyTurns);
    for (const points of this.#points.values()) {
      for (const [name, { flow }] of points) {
        if (flow.forgotten && points.delete(name)) this.#count--;
        else flow.turn(seconds);
      }
    }
  }

  /** What an instance says now; of the first time nothing can be said. */
  take(member: Member, reading: Reading): void {
    const before = this.#before.get(member.id);
    this.#before.set(member.id, reading);
    for (const [key, now] of reading.counted) {
      // Without traffic a point is there too, with a rate of nothing.
      const amount = before === undefined ? undefined : difference(now, before.counted.get(key));
      this.#pass(member, now, amount ?? nothing);
    }
  }

  /** The instance is gone. */
  forget(id: string): void {
    this.#before.delete(id);
  }

  /** All points of a kind. */
  points(kind: PointKind): readonly Point[] {
    return [...(this.#points.get(kind)?.values() ?? [])];
  }

  /** What passes one point; undefined when nothing ever did. */
  find(kind: PointKind, ...parts: string[]): Flow | undefined {
    return this.#points.get(kind)?.get(parts.join('\0'))?.flow;
  }

  clear(): void {
    this.#before.clear();
    this.#points.clear();
    this.#count = 0;
    this.#secondsOfTurns = [];
  }

  /** Counts at every point that it passes. */
  #pass(member: Member, { metric, labels }: Counted, amount: Amount): void {
    const { id, name: service } = member;
    const { route = '', method = '', subject = '' } = labels;
    const kind = kindOfMetric.get(metric);
    if (kind === 'http.server') {
      if (isHealth(route)) return;
      this.#at('route', service, method, route)?.add(amount);
      this.#at('arrival', id)?.add(amount);
      this.#at('node', id)?.add(amount);
    } else if (kind === 'nats.server') {
      this.#at('endpoint', service, subject)?.add(amount);
      this.#at('node', id)?.add(amount);
      this.#at('used', id, 'nats')?.add(amount);
    } else if (kind === 'nats.client') {
      this.#at('used', id, 'nats')?.add(amount);
    } else if (kind === 'http.client') {
      this.#at('sent', id, labels.service ?? '')?.add(amount);
    } else if (kind !== undefined) {
      this.#at('used', id, kind)?.add(amount);
    } else {
      const cache = labels.namespace ?? labels.answers;
      const errors = labels.result === 'hit' ? 0 : amount.count;
      if (cache !== undefined) this.#at('cache', service, cache)?.add({ count: amount.count, errors });
    }
  }

  #at(kind: PointKind, ...parts: string[]): Flow | undefined {
    const points = this.#points.get(kind) ?? new Map<string, Point>();
    this.#points.set(kind, points);
    const name = parts.join('\0');
    const known = points.get(name);
    if (known !== undefined || this.#count >= maxPoints) return known?.flow;
    const flow = new Flow(this.#secondsOfTurns);
    points.set(name, { parts, flow });
    this.#count++;
    return flow;
  }
}
