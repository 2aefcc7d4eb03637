/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How steeply points rise, by the straight line that lies nearest to them (least squares); NaN for fewer than two. */
export function slopeOf(points: readonly Point[]): number {
  const [middleX, middleY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const sum = (term: (point: Point) => number) => points.reduce((total, point) => total + term(point), 0);
  return sum(({ x, y }) => (x - middleX) * (y - middleY)) / sum(({ x }) => (x - middleX) ** 2);
}
