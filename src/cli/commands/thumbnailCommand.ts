import path from 'node:path';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command } from '../shared/Command';
import { onlyPositional } from '../flags/inputFolder';
import { withTagger } from './tagger';
import { UsageError } from '../shared/UsageError';
import { realPath } from '../../base/realPath';

/** Maximum length of the longer side, in pixels. */
const maxSize = 4096;

/** Writes a thumbnail of an image, like those that the grid shows. */
export const thumbnailCommand: Command = {
  usage: '<image> --output FILE',
  summary: 'a small picture of an image',
  flagHelp: [
    '--output FILE            where it goes: .jpg, .png, else WebP; missing folders are made',
    `--size N                 the longer side in pixels, at most ${maxSize} (default 300); never enlarges`,
  ],
  flags: { size: { type: 'string' }, output: { type: 'string' } },
  async run(input) {
    const imagePath = path.resolve(onlyPositional(input, 'image'));
    const given = input.text('output');
    if (given === undefined || given === '') throw new UsageError('Where to? --output FILE is missing.');
    const outputPath = path.resolve(given);
    if (await sameFile(imagePath, outputPath)) {
      throw new UsageError(`The thumbnail must not replace its image; choose another --output than ${given}`);
    }
    const size = sizeOf(input.text('size') ?? '300');
    return withTagger(async (tagger) => {
      try {
        const made = await tagger.request('makeThumbnail', { imagePath, size, outputPath }, input.signal);
        const { width, height } = made;
        if (input.json) await input.output.result(`${JSON.stringify({ output: outputPath, width, height })}\n`);
        else await input.output.line(`${outputPath}: ${width} x ${height}`);
        return 'done';
      } catch (thrown) {
        if (input.signal.aborted) throw thrown;
        input.output.note(`${imagePath}: ${errorMessage(thrown)}`);
        return 'someFailed';
      }
    });
  },
};

function sizeOf(text: string): number {
  const size = /^\d+$/.test(text) ? Number(text) : 0;
  if (size < 1 || size > maxSize) {
    throw new UsageError(`--size must be a whole number from 1 to ${maxSize}, not "${text}".`);
  }
  return size;
}

async function sameFile(a: string, b: string): Promise<boolean> {
  const [realA, realB] = await Promise.all([a, b].map((file) => realPath(file).catch(() => file)));
  return realA === realB;
}
