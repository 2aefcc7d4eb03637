import type { Span, SpanKind, Trace } from '../snapshot.ts';

/** A span as one instance told of it, its start in milliseconds of the epoch by that one's clock. */
export interface ToldSpan {
  readonly id: string;
  readonly parentId?: string;
  readonly service: string;
  readonly instance: string;
  readonly kind: SpanKind;
  readonly name: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly status?: number;
  readonly outcome: string;
}

/** A span that knows where it belongs. */
interface Placed {
  readonly told: ToldSpan;
  readonly children: Placed[];
}

const byStart = (a: Placed, b: Placed) => a.told.startedAt - b.told.startedAt;

function toTrees(told: readonly ToldSpan[]): Placed[] {
  const placed = new Map(told.map((span) => [span.id, { told: span, children: [] as Placed[] }]));
  const roots: Placed[] = [];
  for (const span of placed.values()) {
    const parent = span.told.parentId === undefined ? undefined : placed.get(span.told.parentId);
    if (parent === undefined || parent === span) roots.push(span);
    else parent.children.push(span);
  }
  return roots.sort(byStart);
}

/**
 * How far the clock of a child's machine is off that of its parent's: a question and its answer over a wire lie within the
 * caller's wait; where the clocks say otherwise the way there and the way back are taken as equally long.
 */
function offBy(child: ToldSpan, parent: ToldSpan, parentOffMs: number): number {
  if (child.instance === parent.instance) return parentOffMs;
  // What an event sets off happens when it does.
  if (!parent.kind.endsWith('.client') || !child.kind.endsWith('.server')) return 0;
  const from = parent.startedAt + parentOffMs;
  const slackMs = parent.durationMs - child.durationMs;
  // A server sees the end of its answer at times later than who has read it.
  const latest = from + (slackMs >= 0 ? slackMs : parent.durationMs);
  if (child.startedAt >= from && child.startedAt <= latest) return 0;
  return from + Math.max(0, slackMs) / 2 - child.startedAt;
}

function layOut(roots: readonly Placed[], zero: number): Span[] {
  const spans: Span[] = [];
  const visit = ({ told, children }: Placed, offMs: number): void => {
    const { instance: _, startedAt, ...span } = told;
    spans.push({ ...span, startMs: startedAt + offMs - zero });
    for (const child of children.sort(byStart)) visit(child, offBy(child.told, told, offMs));
  };
  for (const root of roots) visit(root, 0);
  return spans;
}

/** Puts together what several processes told of one trace; undefined where none of them knew where it began. */
export function assembleTrace(id: string, told: readonly ToldSpan[]): Trace | undefined {
  const trees = toTrees(told);
  const root = trees.find(({ told: { kind } }) => kind.endsWith('.server')) ?? trees[0];
  if (root === undefined) return undefined;
  const { name, startedAt, durationMs, status } = root.told;
  const others = trees.filter((tree) => tree !== root);
  return {
    id,
    name,
    startedAt: Math.round(startedAt),
    durationMs,
    ...(status === undefined ? {} : { status }),
    spans: layOut([root, ...others], startedAt),
  };
}
