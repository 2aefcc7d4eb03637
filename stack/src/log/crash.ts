import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `file:///project/src/main.ts:3` or the same as a path. */
const place = /^(file:\/\/\/.*?|\/.*?)((?::\d+)+)$/;

/** The place with its path as a person would type it; any other line as it is. */
function withShortPath(line: string): string {
  const [, path = '', position = ''] = place.exec(line) ?? [];
  if (path === '') return line;
  return relative('', path.startsWith('file:') ? fileURLToPath(path) : path) + position;
}

/**
 * The part of a crashed process's last lines that says why: Node frames it by frames of its own, the fields of the error
 * and its version. Text of any other form stays whole.
 */
export function formatCrash(lines: readonly string[]): string[] {
  const text = lines.filter((line) => line.trim() !== '' && !line.startsWith('{'));
  const firstFrame = text.findIndex((line) => /^\s+at \S/.test(line));
  const head = firstFrame === -1 ? text : text.slice(0, firstFrame);
  const at = head.findLastIndex((line) => place.test(line));
  const name = head.findLastIndex((line) => /^\w*Error\b/.test(line));
  return head.slice(Math.max(0, at === -1 ? name : at)).map(withShortPath);
}
