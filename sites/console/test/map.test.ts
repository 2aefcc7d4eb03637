import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Box, drawMap, visitors } from '../src/map/geometry.ts';
import { mapView } from '../src/map/page.ts';
import { sampleSnapshot } from './sample.ts';
import { htmlOf, textsOf } from './shown.ts';

const { nodes, lines } = sampleSnapshot;
const drawn = () => drawMap(nodes, lines);
const boxOf = (boxes: readonly Box[], id: string) => {
  const found = boxes.find((box) => box.id === id);
  assert.ok(found, id);
  return found;
};

test('map: every part has a box of its own, and none covers another', () => {
  const { boxes, width, height } = drawn();
  assert.deepEqual(boxes.map(({ id }) => id).sort(), [visitors, ...nodes.map(({ id }) => id)].sort());
  for (const a of boxes) {
    assert.ok(a.x >= 0 && a.x + a.width <= width && a.y >= 0 && a.y + a.height <= height, a.id);
    for (const b of boxes) {
      if (a === b) continue;
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(apart, `${a.id} and ${b.id}`);
    }
  }
});

test('map: every line is drawn, and its figures stand where no other’s stand', () => {
  const { wires } = drawn();
  assert.equal(wires.length, lines.length);
  for (const a of wires) {
    for (const b of wires) {
      const apart = a === b || Math.abs(a.labelX - b.labelX) >= 60 || Math.abs(a.labelY - b.labelY) >= 26;
      assert.ok(apart, `${a.line.from} → ${a.line.to} and ${b.line.from} → ${b.line.to}`);
    }
  }
});

test('map: nothing moves because something else is told first, or is gone', () => {
  const { boxes } = drawn();
  const turned = drawMap(nodes.toReversed(), lines.toReversed()).boxes;
  const gone = drawMap(
    nodes.map((node) => (node.id === 'blog-d1' ? { ...node, health: 'gone' as const } : node)),
    lines,
  ).boxes;
  for (const { id, x, y } of boxes) {
    for (const other of [turned, gone]) {
      const found = boxOf(other, id);
      assert.deepEqual({ x: found.x, y: found.y }, { x, y }, id);
    }
  }
});

test('map: a line to what is not on the map is left out', () => {
  const { wires } = drawMap(nodes, [
    { from: 'nobody', to: 'nats', kind: 'nats', perSec: 1, errorsPerSec: 0 },
  ]);
  assert.deepEqual(wires, []);
});

test('map: health is told by shape and word, in the picture and in the table', () => {
  const text = htmlOf(mapView);
  for (const [health, word] of [
    ['up', 'up for 3 h 12 min'],
    ['degraded', 'degraded for 4 s'],
    ['down', 'down for 4 s'],
    ['gone', 'gone for 12 s'],
  ]) {
    assert.ok(text.includes(`<g class="health health-${health}"`), `the shape of ${health}`);
    assert.ok(textsOf(text, 'text').includes(word ?? ''), `the words of ${health}`);
  }
  const [cells] = text.match(/<tr id="node-blog-d2">.*<\/tr>/) ?? [''];
  assert.match(cells, /health-degraded.*degraded<\/span>.*>4 s<.*Redis cannot be reached/);
  assert.match(text, /role="status">.*gone<\/span> <strong>auth<\/strong>.*since <time[^>]*>12:04:19/s);
});

test('map: a line says how much it carries, and how much of it fails', () => {
  const labels = textsOf(htmlOf(mapView), 'text');
  assert.ok(labels.includes('412/s'));
  assert.ok(labels.includes('1.2 errors/s'));
});

test('map: the key figures stand above: requests, errors, latency, events that wait', () => {
  const values = textsOf(htmlOf(mapView), 'dd');
  for (const value of ['412/s', '1.2/s', '3.4 ms', '3']) assert.ok(values.includes(value), value);
});
