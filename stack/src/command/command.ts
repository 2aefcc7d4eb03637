import type { StackDefinition } from '../launcher/definition.ts';
import type { Arguments, OptionSpec } from './arguments.ts';

/** Something a person can ask of a stack. */
export interface Command {
  /** As it is typed: `npm start -- [--port N]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec & { readonly summary: string }>>;
  readonly maxWords: number;
  /** Resolves with the exit code. */
  run(definition: StackDefinition, args: Arguments): Promise<number>;
}
