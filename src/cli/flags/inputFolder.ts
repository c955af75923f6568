import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Dataset, type DatasetOptions } from '../../dataset/Dataset';
import { WriteThreads } from '../../dataset/files/WriteThreads';
import { captionExtensionProblem, captionPathOf, imageExtensions, isImageName } from '../../dataset/files/imageFiles';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** The flag of all commands that read captions. */
export const captionExtensionFlag = { 'caption-extension': { type: 'string' } } as const;
export const captionExtensionHelp = '--caption-extension X    extension of the caption files (default .txt)';

/**
 * Opens the folder that is the command's argument, and says which captions cannot be read: they would pass for empty.
 * @throws UsageError, CaptionError; the signal's reason when aborted
 */
export async function openFolder(input: CommandInput): Promise<Dataset> {
  const folder = path.resolve(onlyPositional(input, 'folder'));
  const dataset = new Dataset(folder, datasetOptions(input), fileWriter());
  await loadFolder(dataset, input);
  for (const { path: file, unreadable } of dataset.allCaptions) {
    if (unreadable !== undefined) input.output.note(`${dataset.absolute(file)}: ${unreadable.message}`);
  }
  return dataset;
}

/**
 * Opens the folder or image that is the command's argument.
 * @throws UsageError, CaptionError; the signal's reason when aborted
 */
export async function openFolderOrImage(input: CommandInput): Promise<Dataset> {
  const given = path.resolve(onlyPositional(input, 'folder or image'));
  const info = await stat(given).catch(() => undefined);
  if (info === undefined) throw new UsageError(`There is no such file or folder: ${given}`);
  if (info.isDirectory()) {
    const dataset = new Dataset(given, datasetOptions(input), fileWriter());
    await loadFolder(dataset, input);
    return dataset;
  }
  if (!info.isFile() || !isImageName(path.basename(given))) {
    throw new UsageError(`Not an image (${imageExtensions.join(' ')}): ${given}`);
  }
  return openImage(given, input);
}

/**
 * Opens one image with its caption, whatever else is in its folder.
 * @param given absolute path
 * @throws UsageError if the captions cannot have the extension that was given
 */
export function openImage(given: string, input: CommandInput): Promise<Dataset> {
  const options = datasetOptions(input);
  const name = path.basename(given);
  const image = { path: name, captionPath: captionPathOf(name, options.captionExtension) };
  return Dataset.ofImages(path.dirname(given), [image], options, fileWriter());
}

/** The only argument of a command. @throws UsageError if there is none, or more than one */
export function onlyPositional(input: CommandInput, what: string): string {
  const [first, second] = input.positionals;
  if (first === undefined || first === '') throw new UsageError(`Which ${what}? None was given.`);
  if (second !== undefined) throw new UsageError(`Only one ${what} at a time; "${second}" is one too many.`);
  return first;
}

/** Makes the writer of caption files. */
export function fileWriter(): WriteThreads {
  return new WriteThreads({ workerFile: path.join(__dirname, 'writeWorker.js') });
}

async function loadFolder(dataset: Dataset, { output, signal }: CommandInput): Promise<void> {
  await dataset.load({
    signal,
    onProgress: (images) => {
      output.progress(`Reading ${dataset.folder}: ${images} images`);
    },
  });
  output.clearLine();
}

function datasetOptions(input: CommandInput): DatasetOptions {
  const captionExtension = input.text('caption-extension') ?? '.txt';
  const problem = captionExtensionProblem(captionExtension);
  if (problem !== undefined) throw new UsageError(`--caption-extension "${captionExtension}": ${problem}`);
  return { captionExtension, emptiedCaption: 'delete' };
}
