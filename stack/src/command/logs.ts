import { setTimeout as sleep } from 'node:timers/promises';
import { Home } from '../home/home.ts';
import { formatLine, wantsColour } from '../log/format.ts';
import { LogFollower, logNames, type NamedLine, readLastLines } from '../log/reader.ts';
import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { print } from './output.ts';

const usualLines = 100;
const pollMs = 200;

function chooseNames(known: readonly string[], words: readonly string[]): readonly string[] {
  for (const word of words) {
    if (!known.includes(word))
      throw new UsageError(`${word} has no log; there are ${known.join(', ') || 'none yet'}`);
  }
  return words.length === 0 ? known : words;
}

function parseCount(text: string | undefined): number {
  if (text === undefined) return usualLines;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--lines ${text} is no number`);
  return Number(text);
}

/** `npm run logs` */
export const logs: Command = {
  usage: 'npm run logs -- [NAME...] [--follow] [--lines N] [--raw]',
  summary: 'shows what the processes printed, all of them or those named',
  options: {
    follow: { type: 'boolean', short: 'f', summary: 'goes on with what comes; Ctrl-C ends it' },
    lines: { type: 'string', short: 'n', summary: 'how many lines of each (100)' },
    raw: { type: 'boolean', summary: 'as printed: JSON lines' },
  },
  maxWords: Number.POSITIVE_INFINITY,
  async run(definition, { words, flags, texts }) {
    const { logDir } = new Home(definition.home);
    const names = chooseNames(logNames(logDir), words);
    const colour = wantsColour(process.stdout);
    const show = ({ name, line }: NamedLine) =>
      print(flags.has('raw') ? line : formatLine(name, line, colour));
    const followers = names.map((name) => new LogFollower(logDir, name));
    for (const line of readLastLines(logDir, names, parseCount(texts.get('lines')))) show(line);
    if (!flags.has('follow')) return 0;
    for (;;) {
      for (const follower of followers) for (const line of follower.next()) show(line);
      await sleep(pollMs);
    }
  },
};
