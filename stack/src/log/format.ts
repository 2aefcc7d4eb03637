import { levelLabel, parseLogLine } from './line.ts';

const nameWidth = 8;
const warnLevel = 40;
const errorLevel = 50;
const nameColours = [36, 35, 34, 32, 33, 96, 95] as const;

const red = 31;
const yellow = 33;
const grey = 90;

/** Whether colours belong on this stream: a terminal, and nobody said NO_COLOR (https://no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';
}

function paint(code: number, text: string, colour: boolean): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function nameColour(name: string): number {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return nameColours[sum % nameColours.length] ?? grey;
}

function clock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}

function levelColour(level: number): number {
  if (level >= errorLevel) return red;
  return level >= warnLevel ? yellow : grey;
}

/** One line of a child for people: `auth     | 12:03:04 INFO  listening url=http://...`, a stack on lines of its own. */
export function formatLine(name: string, line: string, colour: boolean): string {
  const { time, level, message, details, stack } = parseLogLine(line);
  const prefix = paint(nameColour(name), `${name.padEnd(nameWidth)} |`, colour);
  if (level === undefined) return `${prefix} ${message}`;
  const label = paint(levelColour(level), levelLabel(level).padEnd(5), colour);
  const words = [
    ...(time === undefined ? [] : [clock(time)]),
    label,
    message,
    paint(grey, details, colour && details !== ''),
  ];
  const first = `${prefix} ${words.filter((word) => word !== '').join(' ')}`;
  return [first, ...stack.map((frame) => `${prefix}   ${frame}`)].join('\n');
}
