import { planCaptionJob, runCaptionJob, type CaptionMode, type JobResult } from '../dataset/captionJob';
import type { Dataset } from '../dataset/Dataset';
import { compareNaturally } from '../dataset/naturalOrder';
import type { WriteMode } from '../dataset/writeMode';
import { isInShard, parseShard, type Shard } from '../jobs/shardOf';
import { JobRate } from '../protocol/JobRate';
import { taggerCrashed } from '../protocol/TaggerProcess';
import type { TaggerDescription } from '../protocol/taggerProtocol';
import { errorCode } from '../protocol/wireError';
import { captionFlagHelp, captionFlags, captionOptionsOf, thresholdsOf, writeOptionsOf } from './captionFlags';
import type { Command, CommandInput, CommandOutcome } from './Command';
import { captionExtensionFlag, captionExtensionHelp, openFolderOrImage } from './inputFolder';
import { jsonObject, jsonOfMap } from './jsonObject';
import { showDownload, withTagger } from './tagger';
import { executionAsJson, loadTaggerOf, taggerFlagHelp, taggerFlags } from './taggerFlags';
import { UsageError } from './UsageError';

/** Captions the images of a folder, or one image. */
export const captionCommand: Command = {
  usage: '<folder-or-image>',
  summary: 'caption the images of a folder, or one image',
  flagHelp: [
    '--mode all|empty         all: every image, --write-mode says what becomes of captions that are there;',
    '                         empty (default): only where there is none; append and prepend mean all by default',
    '--shard I/N              only the part I (from 0) of N equal ones, by the path of the caption file: for machines',
    '                         that share the folder and know nothing of each other',
    captionExtensionHelp,
    ...taggerFlagHelp,
    ...captionFlagHelp,
  ],
  flags: {
    ...captionExtensionFlag,
    ...taggerFlags,
    ...captionFlags,
    mode: { type: 'string' },
    shard: { type: 'string' },
  },
  async run(input) {
    const write = writeOptionsOf(input);
    const mode = modeOf(input, write.mode);
    const options = captionOptionsOf(input);
    const thresholds = thresholdsOf(input);
    const shard = shardFlag(input);
    const dataset = await openFolderOrImage(input);
    if (dataset.allImages.length + dataset.problems.length === 0) {
      throw new UsageError(`There are no images in ${dataset.folder}`);
    }
    const rate = new JobRate();
    let execution: TaggerDescription | undefined;
    const result = await withTagger(async (tagger) => {
      const { setup, description } = await loadTaggerOf(tagger, input, thresholds);
      execution = description;
      const images = dataset.allImages.filter(({ caption }) => isInShard(caption.path, shard));
      return runCaptionJob(dataset, planCaptionJob(images, mode, write.mode), {
        mode,
        write,
        problems: dataset.problems.filter(({ path }) => isInShard(path, shard)),
        concurrency: description.imagesInWork,
        signal: input.signal,
        isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
        makeTags: async (imagePath, signal) =>
          (await tagger.request('captionImage', { imagePath, setup, options }, signal)).tags,
        onProgress: ({ handled, total, failed }, target, failure) => {
          if (failure !== undefined) input.output.note(`${dataset.absolute(target.path)}: ${failure}`);
          const percent = Math.floor((100 * handled) / total);
          const parts = [`${handled}/${total} (${percent}%)`, rate.describe(performance.now(), handled, total)];
          if (failed > 0) parts.push(`${failed} failed`);
          input.output.progress(parts.filter((part) => part !== '').join(', '));
        },
      });
    }, showDownload(input));
    for (const { path, reason } of dataset.problems) input.output.note(`${dataset.absolute(path)}: ${reason}`);
    await print(dataset, result, execution, input);
    return outcomeOf(result);
  },
};

async function print(
  dataset: Dataset,
  result: JobResult,
  execution: TaggerDescription | undefined,
  { json, output }: CommandInput,
): Promise<void> {
  const { status, message, total, untagged, results, failed } = result;
  if (json) {
    const entries: [string, string][] = [
      ['status', JSON.stringify(status)],
      ['done', JSON.stringify(results.size)],
      ['total', JSON.stringify(total)],
      ['untagged', JSON.stringify(untagged)],
      ['execution', JSON.stringify(execution === undefined ? [] : executionAsJson(execution))],
      ['results', jsonOfMap(byAbsolutePath(dataset, results))],
      ['failed', jsonOfMap(byAbsolutePath(dataset, failed))],
    ];
    if (message !== '') entries.push(['message', JSON.stringify(message)]);
    await output.result(`${jsonObject(entries)}\n`);
  } else {
    for (const [path, caption] of byAbsolutePath(dataset, results)) {
      await output.result(`${path}: ${caption.replaceAll('\n', '\\n')}\n`);
    }
  }
  const details = [`${results.size} of ${total} done`];
  if (untagged > 0) details.push(`${untagged} of them without a tag, their captions were kept`);
  if (failed.size > 0) details.push(`${failed.size} failed`);
  output.note(
    `${status === 'completed' ? 'Completed' : status === 'cancelled' ? 'Cancelled' : 'Error'}: ${details.join(', ')}`,
  );
  if (message !== '') output.note(message);
}

function outcomeOf({ status, results, failed }: JobResult): CommandOutcome {
  if (status === 'error' && results.size === 0) return 'nothingDone';
  return status === 'error' || failed.size > 0 ? 'someFailed' : 'done';
}

function byAbsolutePath(dataset: Dataset, map: ReadonlyMap<string, string>): Map<string, string> {
  const ordered = [...map].sort(([a], [b]) => compareNaturally(a, b));
  return new Map(ordered.map(([relative, value]) => [dataset.absolute(relative), value]));
}

/** The part that `--shard` names; undefined for all. */
function shardFlag(input: CommandInput): Shard | undefined {
  const text = input.text('shard');
  if (text === undefined) return undefined;
  const shard = parseShard(text);
  if (shard === undefined) {
    throw new UsageError(`--shard takes I/N with I from 0 to N - 1, such as 0/7, not "${text}".`);
  }
  return shard;
}

/** Who adds tags to captions means those that are there. */
function modeOf(input: CommandInput, writeMode: WriteMode): CaptionMode {
  const usual = writeMode === 'append' || writeMode === 'prepend' ? 'all' : 'empty';
  const mode = input.text('mode') ?? usual;
  if (mode !== 'all' && mode !== 'empty') throw new UsageError(`--mode must be "all" or "empty", not "${mode}".`);
  return mode;
}
