import { defaultThresholds } from '../../protocol/tagging/captionOptions';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command, CommandOutcome } from '../shared/Command';
import { jsonObject } from '../shared/jsonObject';
import { showDownload, withTagger } from './tagger';
import { loadTaggerOf, taggerFlagHelp, taggerFlags } from '../flags/taggerFlags';
import { UsageError } from '../shared/UsageError';
import path from 'node:path';

/** Maximum number of tags per image in the output for people. */
const tagsShown = 20;

/** Prints the score of every tag of a model for images. */
export const scoresCommand: Command = {
  usage: '<image>…',
  summary: 'the score of every tag of a model for each image',
  flagHelp: taggerFlagHelp,
  flags: taggerFlags,
  async run(input) {
    const { positionals, json, output, signal } = input;
    const images = new Set(positionals);
    if (images.size === 0) throw new UsageError('Which images? None was given.');
    let outcome: CommandOutcome = 'done';
    await withTagger(async (tagger) => {
      const { setup } = await loadTaggerOf(tagger, input, defaultThresholds);
      let separator = '';
      if (json) await output.result('{');
      for (const image of images) {
        try {
          const imagePath = path.resolve(image);
          const { names, scores } = await tagger.request('scoreImage', { imagePath, setup }, signal);
          if (json) await output.result(`${separator}${JSON.stringify(image)}:${jsonOfScores(names, scores)}`);
          else for (const line of [image, ...highestScores(names, scores)]) await output.line(line);
          separator = ',';
        } catch (thrown) {
          if (signal.aborted) break;
          outcome = 'someFailed';
          output.note(`${image}: ${errorMessage(thrown)}`);
        }
      }
      if (json) await output.result('}\n');
    }, showDownload(input));
    return outcome;
  },
};

function jsonOfScores(names: readonly string[], scores: Float32Array): string {
  return jsonObject(names.map((name, index) => [name, JSON.stringify(scores[index])]));
}

function highestScores(names: readonly string[], scores: Float32Array): string[] {
  return names
    .map((name, index) => ({ name, score: scores[index] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, tagsShown)
    .map(({ name, score }) => `  ${score.toFixed(4)}  ${name}`);
}
