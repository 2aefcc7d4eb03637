import type { StackDefinition } from '../launcher/definition.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { logs } from './logs.ts';
import { print } from './output.ts';
import { reset } from './reset.ts';
import { restart } from './restart.ts';
import { scale } from './scale.ts';
import { service } from './service.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { formatTable } from './table.ts';

const commands: Readonly<Record<string, Command>> = {
  start,
  stop,
  status,
  logs,
  service,
  scale,
  restart,
  reset,
};
const help = { help: { type: 'boolean', short: 'h' } } as const;
const usageExitCode = 2;

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

function printOverview(): void {
  const rows = Object.values(commands).map(({ usage, summary }) => [usage, summary]);
  for (const line of formatTable(rows)) print(line);
}

function printHelp({ usage, summary, options }: Command): void {
  print(usage);
  print(`  ${summary}`);
  const rows = Object.entries(options).map(([name, { short, summary: meaning }]) => [
    `--${name}${short === undefined ? '' : `, -${short}`}`,
    meaning,
  ]);
  for (const line of formatTable(rows)) print(line);
}

/** Does what a command line asks of this stack, and gives the exit code: 2 when it makes no sense. */
export async function run(definition: StackDefinition, argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (name === '' || name === 'help' || name === '--help' || name === '-h') {
    printOverview();
    return name === '' ? usageExitCode : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    complain(`${name} is no command; there are ${Object.keys(commands).join(', ')}`);
    return usageExitCode;
  }
  try {
    const args = parseArguments(rest, { ...command.options, ...help }, command.maxWords);
    if (!args.flags.has('help')) return await command.run(definition, args);
    printHelp(command);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (process.send) print(message);
    else complain(message);
    if (!(error instanceof UsageError)) return 1;
    complain(`usage: ${command.usage}`);
    return usageExitCode;
  }
}
