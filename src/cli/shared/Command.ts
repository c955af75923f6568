import type { ParseArgsConfig } from 'node:util';
import type { Console } from './Console';

/** The arguments of a command, and where it writes. */
export interface CommandInput {
  positionals: string[];
  /** the value of a flag; undefined if it was not given */
  text: (flag: string) => string | undefined;
  /** the values of a flag that may be repeated */
  texts: (flag: string) => string[];
  /** whether a flag without a value was given */
  isSet: (flag: string) => boolean;
  json: boolean;
  output: Console;
  /** aborts when the user ends the program */
  signal: AbortSignal;
}

/** How a command ended. A wrong argument or folder is an error that it throws. */
export type CommandOutcome = 'done' | 'someFailed' | 'nothingDone';

/** A command of the program. */
export interface Command {
  /** its arguments in the help, such as `<folder>` */
  usage: string;
  /** its line in the list of commands */
  summary: string;
  /** the help of its flags, one or more lines each; `--json` and `--help` are common to all commands */
  flagHelp: string[];
  flags: NonNullable<ParseArgsConfig['options']>;
  /** @throws UsageError or CaptionError if nothing can be done */
  run(input: CommandInput): Promise<CommandOutcome>;
}
