import type { MapLine, MapNode } from '../watch/snapshot.ts';

/** Who asks the gateway from outside: no node of the system, but where its lines begin. */
export const visitors = 'visitors';

/** A node in its place; the box of the visitors has no node. */
export interface Box {
  readonly id: string;
  readonly node?: MapNode;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a line begins, ends, and is written upon. */
export interface Wire {
  readonly line: MapLine;
  /** Data of an SVG path, in the direction in which is asked. */
  readonly path: string;
  readonly labelX: number;
  readonly labelY: number;
}

/** A map in units of its own. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
}

interface Column {
  readonly x: number;
  readonly width: number;
  readonly minHeight: number;
  /** How far the ends of lines stand apart: wide where their labels stand. */
  readonly pitch: number;
}

const columns: readonly Column[] = [
  { x: 8, width: 92, minHeight: 64, pitch: 14 },
  { x: 190, width: 232, minHeight: 92, pitch: 12 },
  { x: 572, width: 248, minHeight: 92, pitch: 29 },
  { x: 1010, width: 222, minHeight: 74, pitch: 12 },
];
/** The one whose lines bear their labels. */
const labelled = 2;
const labelLength = 88;
const margin = 12;
/** How high the lanes are on which lines pass below a column that they do not stop at. */
const laneHeight = 24;
const width = 1_240;
const top = 30;

const columnOfKind: Readonly<Record<MapNode['kind'], number>> = {
  gateway: 1,
  site: 2,
  service: 2,
  nats: 3,
  postgres: 3,
  mongo: 3,
  redis: 3,
};
const kindOrder = Object.keys(columnOfKind);

/** What is shown keeps its place from one moment to the next. */
export const byPlace = (a: MapNode, b: MapNode) =>
  kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
  a.name.localeCompare(b.name) ||
  a.id.localeCompare(b.id);

type Side = 'left' | 'right';

interface Placed extends Box {
  readonly lines: Readonly<Record<Side, readonly MapLine[]>>;
}

const other = ({ from, to }: MapLine, id: string) => (from === id ? to : from);

/** The lines that meet a node, on the side where the other end stands. */
function linesOf(
  id: string,
  column: number,
  lines: readonly MapLine[],
  columnOf: ReadonlyMap<string, number>,
) {
  const own = lines.filter(({ from, to }) => from === id || to === id);
  const isLeft = (line: MapLine) => (columnOf.get(other(line, id)) ?? 0) < column;
  return { left: own.filter(isLeft), right: own.filter((line) => !isLeft(line)) };
}

function place(nodes: readonly MapNode[], lines: readonly MapLine[], columnOf: ReadonlyMap<string, number>) {
  const stacks = columns.map(({ x, width: boxWidth, minHeight, pitch }, column) => {
    const members = column === 0 ? [undefined] : nodes.filter(({ kind }) => columnOfKind[kind] === column);
    let y = 0;
    return members.map((node, i): Placed => {
      const id = node?.id ?? visitors;
      const met = linesOf(id, column, lines, columnOf);
      const height = Math.max(minHeight, Math.max(met.left.length, met.right.length) * pitch + 16);
      const before = members[i - 1];
      if (i > 0) y += before?.name === node?.name && before?.kind === node?.kind ? 8 : 22;
      const box = { id, column, x, y, width: boxWidth, height, lines: met, ...(node && { node }) };
      y += height;
      return box;
    });
  });
  const heights = stacks.map((stack) => stack.reduce((end, { y, height }) => Math.max(end, y + height), 0));
  const tallest = Math.max(...heights);
  const boxes = stacks.flatMap((stack, i) => {
    const shift = top + (tallest - (heights[i] ?? 0)) / 2;
    return stack.map((box): Placed => ({ ...box, y: box.y + shift }));
  });
  return { boxes, height: top + tallest + margin };
}

/** The height at which each line meets a box: those whose other end stands higher meet it higher. */
function portsOf(
  box: Placed,
  middleOf: ReadonlyMap<string, number>,
  columnOf: ReadonlyMap<string, number>,
): Map<MapLine, number> {
  const pitch = columns[box.column]?.pitch ?? 0;
  const ports = new Map<MapLine, number>();
  for (const side of [box.lines.left, box.lines.right]) {
    // A line that passes below a column is met lowest.
    const passes = (line: MapLine) => Math.abs((columnOf.get(other(line, box.id)) ?? 0) - box.column) > 1;
    const height = (line: MapLine) =>
      passes(line) ? Number.POSITIVE_INFINITY : (middleOf.get(other(line, box.id)) ?? 0);
    const sorted = side.toSorted((a, b) => Math.sign(height(a) - height(b)) || (a.from === box.id ? -1 : 1));
    sorted.forEach((line, i) => {
      ports.set(line, box.y + box.height / 2 + (i - (sorted.length - 1) / 2) * pitch);
    });
  }
  return ports;
}

interface End {
  readonly x: number;
  readonly y: number;
  /** 1 where the line leaves to the right, -1 to the left. */
  readonly direction: number;
  /** How far it goes straight, to be written upon. */
  readonly straight: number;
}

function endOf(box: Placed, line: MapLine, y: number): End {
  const right = box.lines.right.includes(line);
  const straight = box.column === labelled ? labelLength : 0;
  return { x: right ? box.x + box.width : box.x, y, direction: right ? 1 : -1, straight };
}

/** A line that passes below the column between its ends. */
function passingWire(line: MapLine, from: End, to: End, lane: number): Wire {
  const passed = columns[labelled] ?? { x: 0, width: 0 };
  const ends = [passed.x - labelLength, passed.x + passed.width + labelLength];
  const [entry = 0, exit = 0] = from.x < to.x ? ends : ends.reverse();
  const bend = 50 * from.direction;
  const path = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${entry - bend} ${lane} ${entry} ${lane}H${exit}C${exit + bend} ${lane} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
  return { line, path, labelX: (entry + exit) / 2, labelY: lane };
}

function wire(line: MapLine, from: End, to: End): Wire {
  const startX = from.x + from.direction * from.straight;
  const endX = to.x + to.direction * to.straight;
  const bend = Math.max(24, Math.abs(endX - startX) / 2);
  const path = `M${from.x} ${from.y}H${startX}C${startX + from.direction * bend} ${from.y} ${endX + to.direction * bend} ${to.y} ${endX} ${to.y}H${to.x}`;
  const [end, length] = to.straight > 0 && from.straight === 0 ? [to, to.straight] : [from, from.straight];
  const labelX = length === 0 ? (from.x + to.x) / 2 : end.x + (end.direction * length) / 2;
  return { line, path, labelX, labelY: length === 0 ? (from.y + to.y) / 2 : end.y };
}

/** Puts every node into its column, and a line between any two that talk. */
export function drawMap(given: readonly MapNode[], all: readonly MapLine[]): Drawing {
  const nodes = given.toSorted(byPlace);
  const columnOf = new Map([
    [visitors, 0],
    ...nodes.map(({ id, kind }) => [id, columnOfKind[kind]] as const),
  ]);
  const lines = all.filter(({ from, to }) => columnOf.has(from) && columnOf.has(to));
  const { boxes, height } = place(nodes, lines, columnOf);
  const middleOf = new Map(boxes.map((box) => [box.id, box.y + box.height / 2]));
  const byId = new Map(boxes.map((box) => [box.id, { box, ports: portsOf(box, middleOf, columnOf) }]));
  let lanes = 0;
  const wires = lines.flatMap((line) => {
    const from = byId.get(line.from);
    const to = byId.get(line.to);
    if (from === undefined || to === undefined) return [];
    const start = endOf(from.box, line, from.ports.get(line) ?? from.box.y);
    const end = endOf(to.box, line, to.ports.get(line) ?? to.box.y);
    const passes = Math.abs(from.box.column - to.box.column) > 1;
    return [passes ? passingWire(line, start, end, height + laneHeight * ++lanes) : wire(line, start, end)];
  });
  return { width, height: height + laneHeight * (lanes + (lanes > 0 ? 0.5 : 0)), boxes, wires };
}
