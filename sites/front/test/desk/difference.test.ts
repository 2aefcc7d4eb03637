import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareTexts, type Difference } from '../../src/desk/difference.ts';

/** The lines of one side, put together again from their pieces. */
function sideOf({ lines }: Difference, side: 'added' | 'removed'): string {
  return lines
    .filter(({ fate }) => fate === 'same' || fate === 'changed' || fate === side)
    .map(({ pieces }) =>
      pieces
        .filter(({ fate }) => fate === 'same' || fate === side)
        .map(({ text }) => text)
        .join(''),
    )
    .join('\n');
}

test('compareTexts: a word that was changed is shown within its line, the rest of the line stayed', () => {
  const { lines, wordsAdded, wordsRemoved } = compareTexts(
    'One.\nA brown fox.\nEnd.',
    'One.\nA red fox.\nEnd.',
  );
  assert.deepEqual(
    lines.map(({ fate }) => fate),
    ['same', 'changed', 'same'],
  );
  assert.deepEqual(lines[1]?.pieces, [
    { fate: 'same', text: 'A ' },
    { fate: 'removed', text: 'brown' },
    { fate: 'added', text: 'red' },
    { fate: 'same', text: ' fox.' },
  ]);
  assert.deepEqual([wordsAdded, wordsRemoved], [1, 1]);
});

test('compareTexts: words that were changed side by side are one change', () => {
  const { lines } = compareTexts('And so to an end.', 'And so to a happy end.');
  assert.deepEqual(lines[0]?.pieces, [
    { fate: 'same', text: 'And so to ' },
    { fate: 'removed', text: 'an ' },
    { fate: 'added', text: 'a happy ' },
    { fate: 'same', text: 'end.' },
  ]);
});

test('compareTexts: words are parted in every script', () => {
  const { lines } = compareTexts('Привет мир как дела', 'Привет мир хорошо дела');
  const changed = lines[0]?.pieces.filter(({ fate }) => fate !== 'same').map(({ text }) => text);
  assert.deepEqual(changed, ['как', 'хорошо']);
});

test('compareTexts: a paragraph that has nothing of the one before is not mixed with it word by word', () => {
  const { lines } = compareTexts(
    'Cats sleep all day long.',
    'Writing software asks for patience, tests and tea.',
  );
  assert.deepEqual(
    lines.map(({ fate }) => fate),
    ['removed', 'added'],
  );
});

test('compareTexts: both texts can be read from the lines', () => {
  const before = '# Trees\n\nOaks grow slowly.\n\nBeeches like shade.\n\n- one\n- two\n';
  const after = '# Trees\n\nOaks grow very slowly.\n\nA new one.\n\nBeeches like shade.\n\n- two\n- three\n';
  const difference = compareTexts(before, after);
  assert.equal(sideOf(difference, 'removed'), before);
  assert.equal(sideOf(difference, 'added'), after);
});

test('compareTexts: line ends of another kind are no difference', () => {
  assert.ok(compareTexts('a\r\nb', 'a\nb').lines.every(({ fate }) => fate === 'same'));
});

test('compareTexts: long texts without a word in common come to an end, one after the other', () => {
  const text = (letter: string) => Array.from({ length: 9_000 }, (_, i) => `${letter}${i}`).join('\n');
  const { wordsAdded, wordsRemoved } = compareTexts(text('a'), text('b'));
  assert.deepEqual([wordsAdded, wordsRemoved], [9_000, 9_000]);
});
