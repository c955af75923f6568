import { existsSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from '../protocol/wireError';
import { defaultExecution } from '../protocol/execution';
import type { Thresholds } from '../protocol/captionOptions';
import { loadTagger } from '../protocol/loadTagger';
import { TaggerProcess, type TaggerProcessOptions } from '../protocol/TaggerProcess';
import type { TaggerDescription, TaggerSetup } from '../protocol/taggerProtocol';
import { UsageError } from './UsageError';

export const modelHelp =
  '--model palette|DIR      model folder, or the built-in "palette" (default), which knows colours only';

/** Calls `work` with a tagger process that ends with it. */
export async function withTagger<T>(
  work: (tagger: TaggerProcess) => Promise<T>,
  listeners: Pick<TaggerProcessOptions, 'onDownloadProgress'> = {},
): Promise<T> {
  const entry = path.join(__dirname, 'tagger.js');
  if (!existsSync(entry))
    throw new UsageError(`The program is not complete: ${entry} is missing. Run "npm run build".`);
  const tagger = new TaggerProcess({
    entry,
    onLog: (line) => process.stderr.write(`tagger: ${line}\n`),
    ...listeners,
  });
  try {
    return await work(tagger);
  } finally {
    tagger.dispose();
  }
}

/**
 * Loads a model, so that a bad one is one error and not one for each image.
 * @param model `palette` or a folder
 * @returns what to ask the tagger with, and how many images at a time
 * @throws UsageError when it does not load
 */
export async function loadModel(
  tagger: TaggerProcess,
  model: string | undefined,
  thresholds: Thresholds,
  signal: AbortSignal,
): Promise<{ setup: TaggerSetup; description: TaggerDescription }> {
  const isBuiltIn = model === undefined || model === 'palette';
  const modelFolder = isBuiltIn ? path.join(__dirname, 'models/palette') : path.resolve(model);
  const setup: TaggerSetup = {
    models: [{ folder: modelFolder, thresholds }],
    merge: 'mean',
    execution: { ...defaultExecution },
  };
  try {
    return { setup, description: await loadTagger(tagger, setup, signal) };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new UsageError(`The model cannot be used: ${errorMessage(thrown)} (${modelFolder})`);
  }
}
