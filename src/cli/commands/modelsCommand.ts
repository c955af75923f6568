import path from 'node:path';
import { formatBytes } from '../../protocol/text/formatBytes';
import type { FoundModel, ModelListing } from '../../protocol/tagging/modelListing';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { modelFolderFlags, modelFolderHelp, modelFolders } from '../flags/modelFolders';
import { downloadModel, explained, findListing, resolveModel } from '../flags/resolveModel';
import { showDownload, withTagger } from './tagger';
import { UsageError } from '../shared/UsageError';

const actions = ['download', 'delete', 'path'] as const;
type Action = (typeof actions)[number];

/** Lists models; downloads or deletes one, or prints its path. */
export const modelsCommand: Command = {
  usage: '[download|delete|path <id>]',
  summary: 'the taggers that there are and where; download or delete one, print its folder',
  flagHelp: modelFolderHelp,
  flags: modelFolderFlags,
  run: (input) => {
    const [action, id, surplus] = input.positionals;
    if (surplus !== undefined) throw new UsageError(`One model at a time; "${surplus}" is one too many.`);
    return withTagger(async (tagger) => {
      if (action === undefined) return list(tagger, input);
      if (!isAction(action)) throw new UsageError(`"${action}" is not one of ${actions.join(', ')}.`);
      if (id === undefined) throw new UsageError(`Which model? "models" lists them.`);
      return run(action, id, tagger, input);
    }, showDownload(input));
  },
};

async function list(tagger: TaggerProcess, input: CommandInput): Promise<CommandOutcome> {
  const { models } = await tagger.request('listModels', { folders: modelFolders(input) }, input.signal);
  if (input.json) {
    await input.output.result(`${JSON.stringify({ models: models.map(asJson) })}\n`);
    return 'done';
  }
  for (const model of models) {
    await input.output.line(model.id);
    if (model.hint !== '') await input.output.line(`  ${model.hint}`);
    await input.output.line(`  ${whereItIs(model)}`);
  }
  return 'done';
}

async function run(
  action: Action,
  id: string,
  tagger: TaggerProcess,
  { json, output, signal, ...input }: CommandInput,
): Promise<CommandOutcome> {
  const folders = modelFolders(input);
  switch (action) {
    case 'path':
      await print(await resolveModel(tagger, id, { folders, download: false, signal }));
      return 'done';
    case 'download':
      await findListing(tagger, id, folders, signal);
      try {
        await print(await downloadModel(tagger, id, folders, signal));
      } catch (thrown) {
        if (signal.aborted) output.note(`What was downloaded is kept: "models download ${id}" goes on with it.`);
        throw thrown;
      }
      return 'done';
    case 'delete': {
      const { freedBytes } = await explained(() => tagger.request('deleteModel', { id, folders }, signal));
      if (json) await output.result(`${JSON.stringify({ id, freed_bytes: freedBytes })}\n`);
      output.note(freedBytes === 0 ? `${id} was not downloaded.` : `${formatBytes(freedBytes)} are free now.`);
      return 'done';
    }
  }

  function print(found: FoundModel): Promise<void> {
    return output.result(`${json ? JSON.stringify({ id, ...found }) : pathOf(found)}\n`);
  }
}

/** The value for `--model`: the folder of the model, or its file if that is not called `model.onnx`. */
function pathOf({ folder, model }: FoundModel): string {
  return path.basename(model) === 'model.onnx' ? folder : model;
}

function whereItIs({ found, partialBytes, approximateSize, inCatalogue }: ModelListing): string {
  const cost = `download of ${formatBytes(approximateSize)}`;
  if (found === undefined) {
    return partialBytes === 0 ? cost : `${cost}, ${formatBytes(partialBytes)} of it are here already`;
  }
  if (found.verified) return pathOf(found);
  return inCatalogue ? `${cost} (another version is in ${pathOf(found)})` : pathOf(found);
}

function asJson(model: ModelListing): Record<string, unknown> {
  const { id, hint, inCatalogue, size, approximateSize, found, partialBytes } = model;
  return {
    id,
    hint,
    in_catalogue: inCatalogue,
    size: size ?? null,
    approximate_size: approximateSize,
    found: found ?? null,
    partial_bytes: partialBytes,
  };
}

function isAction(text: string): text is Action {
  return actions.some((action) => action === text);
}
