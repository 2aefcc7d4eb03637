import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { parseLogLine } from './line.ts';

const ending = '.log';

/** One line with the process that printed it. */
export interface NamedLine {
  readonly name: string;
  readonly line: string;
}

/** The names of the processes that have a log in this folder. */
export function logNames(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((file) => file.endsWith(ending));
  return files.map((file) => basename(file, ending)).sort();
}

function lastLines(file: string, count: number): string[] {
  const whole = [`${file}.1`, file]
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
  const lines = whole
    .join('')
    .split('\n')
    .filter((line) => line !== '');
  return count === 0 ? [] : lines.slice(-count);
}

/** The last lines of each of these logs, in the order of their times; text without a time stays behind its neighbour. */
export function readLastLines(dir: string, names: readonly string[], count: number): NamedLine[] {
  const timed = names.flatMap((name) => {
    let time = 0;
    return lastLines(join(dir, name + ending), count).map((line) => {
      time = parseLogLine(line).time ?? time;
      return { name, line, time };
    });
  });
  return timed.sort((a, b) => a.time - b.time);
}

/** Reads what is appended to one log from now on, also across its rotation. */
export class LogFollower {
  readonly #name: string;
  readonly #file: string;
  #inode = 0;
  #offset = 0;
  #rest = '';

  constructor(dir: string, name: string) {
    this.#name = name;
    this.#file = join(dir, name + ending);
    const stat = statSync(this.#file, { throwIfNoEntry: false });
    this.#inode = stat?.ino ?? 0;
    this.#offset = stat?.size ?? 0;
  }

  /** The whole lines that came since the last call. */
  next(): NamedLine[] {
    if (!existsSync(this.#file)) return [];
    const handle = openSync(this.#file, 'r');
    try {
      const { ino, size } = fstatSync(handle);
      if (ino !== this.#inode) this.#offset = 0;
      this.#inode = ino;
      const bytes = Buffer.alloc(Math.max(0, size - this.#offset));
      this.#offset += readSync(handle, bytes, 0, bytes.length, this.#offset);
      const lines = (this.#rest + bytes.toString('utf8')).split('\n');
      this.#rest = lines.pop() ?? '';
      return lines.map((line) => ({ name: this.#name, line }));
    } finally {
      closeSync(handle);
    }
  }
}
