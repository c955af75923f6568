// The command line: the engine of the extension without an editor.
import { parseArgs } from 'node:util';
import { CaptionError } from '../dataset/files/CaptionError';
import { JobError } from '../jobs/JobError';
import { errorCode, errorMessage } from '../protocol/channel/wireError';
import { taggerCrashed } from '../protocol/child/TaggerProcess';
import { CaptionerError } from '../captioner/endpoint/CaptionerError';
import { RecordError } from '../records/RecordError';
import { SnapshotError } from '../snapshots/store/SnapshotError';
import { attachCommand } from './commands/attachCommand';
import { captionersCommand } from './captioners/captionersCommand';
import { captionCommand } from './commands/captionCommand';
import type { Command, CommandOutcome } from './shared/Command';
import { Console } from './shared/Console';
import { cudaCommand } from './commands/cudaCommand';
import { infoCommand } from './commands/infoCommand';
import { jobsCommand } from './commands/jobsCommand';
import { listCommand } from './commands/listCommand';
import { modelsCommand } from './commands/modelsCommand';
import { forgetCommand } from './commands/forgetCommand';
import { originsCommand } from './commands/originsCommand';
import { revertCommand } from './commands/revertCommand';
import { historyCommand } from './snapshots/historyCommand';
import { snapshotCommand } from './snapshots/snapshotCommand';
import { scoresCommand } from './commands/scoresCommand';
import { statusCommand } from './commands/statusCommand';
import { submitCommand } from './commands/submitCommand';
import { tagsCommand } from './commands/tagsCommand';
import { thumbnailCommand } from './commands/thumbnailCommand';
import { UsageError } from './shared/UsageError';
import { workerCommand } from './commands/workerCommand';

const commands = new Map<string, Command>([
  ['list', listCommand],
  ['tags', tagsCommand],
  ['info', infoCommand],
  ['origins', originsCommand],
  ['forget', forgetCommand],
  ['caption', captionCommand],
  ['captioners', captionersCommand],
  ['jobs', jobsCommand],
  ['attach', attachCommand],
  ['revert', revertCommand],
  ['history', historyCommand],
  ['snapshot', snapshotCommand],
  ['scores', scoresCommand],
  ['thumbnail', thumbnailCommand],
  ['cuda', cudaCommand],
  ['models', modelsCommand],
  ['submit', submitCommand],
  ['worker', workerCommand],
  ['status', statusCommand],
]);

const exitCodes: Record<CommandOutcome, number> = { done: 0, nothingDone: 1, someFailed: 2 };
/** 128 and the number of the signal, as shells do. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 };

const programHelp = `Captions for folders of training images.

Usage: dataset-captions <command> [flags]

Commands:
${Array.from(commands, ([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

Flags of every command:
  --json  results as one JSON document on standard output
  --help  what the command does and takes

Ends with 0 when all is done, 1 when nothing could be done, 2 when some images failed
or were flagged, 130 when cancelled with Ctrl+C.
`;

const cancellation = new AbortController();
let cancelledBy: keyof typeof signalExitCodes | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Only once: a second Ctrl+C ends the program at once.
  process.once(name, () => {
    cancelledBy ??= name;
    cancellation.abort();
  });
}
// The reader of the output is gone, as with `| head`: the rest is not needed.
process.stdout.on('error', () => process.exit(1));

const output = new Console();
void main(process.argv.slice(2)).then((exitCode) => {
  output.clearLine();
  if (cancelledBy === undefined) process.exitCode = exitCode;
  // The command has ended; `exit`, as a package that still waits for a server must not keep the process alive.
  else process.exit(signalExitCodes[cancelledBy]);
});

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    await output.result(programHelp);
    return 0;
  }
  try {
    const command = name === undefined ? undefined : commands.get(name);
    if (name === undefined || command === undefined) {
      const problem = name?.startsWith('-') === false ? `There is no command "${name}".` : 'Which command?';
      throw new UsageError(`${problem} There are ${[...commands.keys()].join(', ')}. See --help.`);
    }
    return exitCodes[await runCommand(name, command, rest)];
  } catch (thrown) {
    if (cancellation.signal.aborted) output.note('Cancelled.');
    else for (const line of explain(thrown)) output.note(line);
    return 1;
  }
}

async function runCommand(name: string, command: Command, args: string[]): Promise<CommandOutcome> {
  const { values, positionals } = parse(name, command, args);
  if (values.help === true) {
    await output.result(commandHelp(name, command));
    return 'done';
  }
  return command.run({
    positionals,
    text: (flag) => {
      const value = values[flag];
      return typeof value === 'string' ? value : undefined;
    },
    texts: (flag) => [values[flag] ?? []].flat().filter((value) => typeof value === 'string'),
    isSet: (flag) => values[flag] === true,
    json: values.json === true,
    output,
    signal: cancellation.signal,
  });
}

function parse(name: string, command: Command, args: string[]): ReturnType<typeof parseArgs> {
  const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options: { ...common, ...command.flags } });
  } catch (thrown) {
    throw new UsageError(`${errorMessage(thrown)} See "${name} --help".`);
  }
}

function commandHelp(name: string, { usage, summary, flagHelp }: Command): string {
  const flags = [...flagHelp, '--json                   results as one JSON document on standard output'];
  return `${name}: ${summary}\n\nUsage: dataset-captions ${name} ${usage} [flags]\n\n${flags.map((line) => `  ${line}\n`).join('')}`;
}

function explain(thrown: unknown): string[] {
  if (thrown instanceof UsageError) return [thrown.message];
  // Another process may have removed the job in this moment, or made it another way.
  const isOfCaptions = thrown instanceof CaptionError || thrown instanceof JobError;
  const isBesideThem = thrown instanceof SnapshotError || thrown instanceof RecordError;
  if (isOfCaptions || isBesideThem) return [`${thrown.message} (${thrown.path})`];
  if (thrown instanceof CaptionerError) return [thrown.message];
  // Its sentence is for the user, too.
  if (thrown instanceof Error && errorCode(thrown) === taggerCrashed) return [thrown.message];
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return `Unexpected error: ${stack}`.split('\n');
}
