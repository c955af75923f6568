import type { ParseArgsConfig } from 'node:util';
import type { Console } from './Console';

/** What a command was called with. */
export interface CommandInput {
  positionals: string[];
  /** the value of a flag, undefined where it was not given */
  text: (flag: string) => string | undefined;
  /** the values of a flag that may be given several times */
  texts: (flag: string) => string[];
  /** whether a flag without a value was given */
  isSet: (flag: string) => boolean;
  json: boolean;
  output: Console;
  /** aborts when the user ends the program */
  signal: AbortSignal;
}

/** What a command ended with; a wrong argument or folder is an error that it throws. */
export type CommandOutcome = 'done' | 'someFailed' | 'nothingDone';

/** A command of the program. */
export interface Command {
  /** what follows its name, such as `<folder>` */
  usage: string;
  /** its line in the list of commands */
  summary: string;
  /** its flags, one a line, for the help; `--json` and `--help` are common to all */
  flagHelp: string[];
  flags: NonNullable<ParseArgsConfig['options']>;
  /** @throws UsageError or CaptionError when nothing can be done */
  run(input: CommandInput): Promise<CommandOutcome>;
}
