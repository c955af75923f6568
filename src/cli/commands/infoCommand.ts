import path from 'node:path';
import type { Caption } from '../../dataset/captions/Caption';
import { readImageHead } from '../../dataset/scan/readFacts';
import { errorMessage } from '../../protocol/channel/wireError';
import { nameInOneLine } from '../../protocol/text/escapeControls';
import { formatBytes } from '../../protocol/text/formatBytes';
import { captionExtensionFlag, captionExtensionHelp, openImage } from '../flags/inputFolder';
import type { Command, CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';
import { withTagger } from './tagger';

/** What is known of an image file; width and height as shown, in pixels. */
interface ImageFacts {
  width: number;
  height: number;
  format: string;
  bytes: number;
}

/** What is known of a caption; without an encoding and a text where there is no file, or it cannot be read. */
interface CaptionFacts {
  state: 'missing' | 'empty' | 'text' | 'unreadable';
  /** such as `utf-8`; a guess for all others */
  encoding: string | null;
  text: string | null;
}

/** Prints the size, the format and the caption of images. */
export const infoCommand: Command = {
  usage: '<image>…',
  summary: 'the size as shown, the format and the caption of images',
  flagHelp: [captionExtensionHelp],
  flags: captionExtensionFlag,
  async run(input) {
    const { json, output, signal } = input;
    const images = [...new Set(input.positionals)];
    if (images.length === 0) throw new UsageError('Which images? None was given.');
    const facts = new Map(images.map((image) => [image, factsFromHead(path.resolve(image))]));
    const unknown = images.filter((image) => facts.get(image) === undefined);
    const reasons = unknown.length === 0 ? [] : await askDecoder(unknown, facts, input);
    let separator = '';
    if (json) await output.result('{');
    for (const [image, known] of facts) {
      signal.throwIfAborted();
      if (known === undefined) continue;
      const caption = await captionFacts(path.resolve(image), input);
      if (json) await output.result(`${separator}${JSON.stringify(image)}:${JSON.stringify({ ...known, caption })}`);
      else await output.line(`${nameInOneLine(image)}: ${described(known, caption)}`);
      separator = ',';
    }
    if (json) await output.result('}\n');
    for (const reason of reasons) output.note(reason);
    return reasons.length === 0 ? 'done' : 'someFailed';
  },
};

/** From the head of the file, as the search and the sort orders of the editor know it. */
function factsFromHead(imagePath: string): ImageFacts | undefined {
  try {
    const { info, head } = readImageHead(imagePath);
    return head && { width: head.width, height: head.height, format: head.format, bytes: info.size };
  } catch {
    // The decoder says why.
    return undefined;
  }
}

/**
 * Asks the process that decodes images about those whose head says nothing.
 * @returns for each that it cannot read either, its name with the reason
 */
function askDecoder(
  images: readonly string[],
  facts: Map<string, ImageFacts | undefined>,
  { signal }: CommandInput,
): Promise<string[]> {
  return withTagger(async (tagger) => {
    const reasons: string[] = [];
    for (const image of images) {
      try {
        const read = await tagger.request('readImageInfo', { imagePath: path.resolve(image) }, signal);
        facts.set(image, { width: read.width, height: read.height, format: read.format, bytes: read.fileSize });
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        reasons.push(`${image}: ${errorMessage(thrown)}`);
      }
    }
    return reasons;
  });
}

async function captionFacts(imagePath: string, input: CommandInput): Promise<CaptionFacts> {
  const dataset = await openImage(imagePath, input);
  const caption = dataset.allImages[0]?.caption;
  if (caption?.unreadable !== undefined) {
    input.output.note(`${dataset.absolute(caption.path)}: ${caption.unreadable.message}`);
    return { state: 'unreadable', encoding: null, text: null };
  }
  return caption === undefined || caption.onDisk === null ? missing : readCaption(caption);
}

const missing: CaptionFacts = { state: 'missing', encoding: null, text: null };

function readCaption(caption: Caption): CaptionFacts {
  const state = caption.isEmpty ? 'empty' : 'text';
  return { state, encoding: caption.foreignEncoding ?? 'utf-8', text: caption.text };
}

function described({ width, height, format, bytes }: ImageFacts, caption: CaptionFacts): string {
  return `${width} x ${height}, ${format}, ${formatBytes(bytes)}, ${describedCaption(caption)}`;
}

function describedCaption({ state, encoding, text }: CaptionFacts): string {
  switch (state) {
    case 'missing':
      return 'no caption';
    case 'empty':
      return 'an empty caption';
    case 'unreadable':
      return 'a caption that cannot be read';
    case 'text':
      return `caption (${encoding ?? ''}): ${text?.replaceAll('\n', '\\n') ?? ''}`;
  }
}
